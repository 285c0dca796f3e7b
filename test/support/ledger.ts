/** The ledger of `test.Note`: what tasks have really done, whatever the system says of it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const LEDGER_PLUGIN = fileURLToPath(new URL('./ledger-plugin.ts', import.meta.url));

export interface Note {
  readonly what: 'begin' | 'end';
  readonly execution: string;
  readonly taskRun: string;
  readonly attempt: number;
  readonly pid: number;
  readonly atMs: number;
}

export function notesIn(file: string): readonly Note[] {
  if (!existsSync(file)) return [];
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as Note);
}

export const nameOf = ({ taskRun, attempt }: Pick<Note, 'taskRun' | 'attempt'>): string => `${taskRun}/${attempt}`;

/** The begins of each attempt, in order. */
export const beginsOf = (notes: readonly Note[]): Map<string, Note[]> =>
  Map.groupBy(
    notes.filter(({ what }) => what === 'begin'),
    nameOf,
  );
