/** The ledger of effects: what user code has really done, read as it grows. */
import type { Effect } from '../build/plugin.ts';
import { LineFile } from './line-file.ts';

export const attemptOf = ({ taskRun, attempt }: Pick<Effect, 'taskRun' | 'attempt'>): string => `${taskRun}/${attempt}`;

export class Ledger {
  readonly path: string;
  readonly effects: Effect[] = [];
  readonly #file: LineFile<Effect>;

  constructor(path: string) {
    this.path = path;
    this.#file = new LineFile(path);
  }

  read(): readonly Effect[] {
    for (const effect of this.#file.read()) this.effects.push(effect);
    return this.effects;
  }

  /** Of each attempt, in their order. */
  byAttempt(): ReadonlyMap<string, readonly Effect[]> {
    return Map.groupBy(this.read(), attemptOf);
  }
}
