/** What the servers did, by the witness around their ports, read as it grows. Unlike a counter it outlives its process. */
import type { Witnessed } from '../build/witness.ts';
import { LineFile } from './line-file.ts';

export class Deeds {
  readonly #file: LineFile<Witnessed>;
  readonly #deeds: Witnessed[] = [];

  constructor(path: string) {
    this.#file = new LineFile(path);
  }

  read(): readonly Witnessed[] {
    // One by one: a call takes only so many arguments.
    for (const deed of this.#file.read()) this.#deeds.push(deed);
    return this.#deeds;
  }

  /** Since then, by what the port answered. */
  answered(kind: 'commit' | 'claim', answer: string, sinceMs: number): number {
    return this.read().filter((deed) => deed.kind === kind && deed.answer === answer && deed.atMs >= sinceMs).length;
  }
}
