/**
 * What the servers of the test build did, as they did it: a line a deed in a file that no server reads (O_APPEND, so that
 * lines of several processes do not mix). The oracle compares it with what the system says of itself.
 */
import { appendFileSync } from 'node:fs';

export type Deed =
  /** A partition was taken: this lease builds upon that number. */
  | { readonly kind: 'lease'; readonly partition: string; readonly epoch: number; readonly number: number }
  /** A commit leaves; nothing follows where its answer was lost. */
  | { readonly kind: 'sent'; readonly partition: string; readonly epoch: number; readonly number: number }
  | {
      readonly kind: 'commit';
      readonly partition: string;
      readonly epoch: number;
      readonly number: number;
      readonly answer: string;
    }
  | {
      readonly kind: 'claim';
      readonly ref: string;
      readonly delivery: string;
      readonly worker: string;
      /** Its owner is told of it. */
      readonly told: boolean;
      readonly answer: string;
    }
  /** A claim is about to be given back, of its worker's own accord. */
  | { readonly kind: 'back'; readonly ref: string }
  /** An answer is about to leave. */
  | { readonly kind: 'answer'; readonly ref: string; readonly worker: string; readonly state: string };

export type Witnessed = Deed & { readonly pid: number; readonly atMs: number };

export class Witness {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  saw(deeds: readonly Deed[]): void {
    if (deeds.length === 0) return;
    const lines = deeds.map((deed) => JSON.stringify({ ...deed, pid: process.pid, atMs: Date.now() }));
    appendFileSync(this.#file, `${lines.join('\n')}\n`);
  }
}
