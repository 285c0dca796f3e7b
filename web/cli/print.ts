/** What commands print: tables for people, JSON for scripts, progress where somebody looks. */
import { InvalidArgumentError, Option } from 'commander';

export type Output = 'table' | 'json';

export interface Out {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Of a value in a row of a table. */
const CELL_CHARS_MAX = 80;
const CLEAR_LINE = '\r\u001b[K';

/** `--output json` for scripts: one JSON value on stdout, and nothing else there. */
export const outputOption = (): Option =>
  new Option('-o, --output <form>', 'table, or json for scripts').choices(['table', 'json']).default('table');

export const sayJson = (out: Out, value: unknown): void => void out.write(`${JSON.stringify(value, null, 2)}\n`);

/** Rows under their headings, as wide as what they hold. */
export function tableOf(headings: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const cells = [headings, ...rows].map((row) => row.map(cellOf));
  const widths = headings.map((_, n) => Math.max(...cells.map((row) => row[n]!.length)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, n) => cell.padEnd(widths[n]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function cellOf(value = ''): string {
  const line = value.split('\n')[0]!;
  return line.length <= CELL_CHARS_MAX ? line : `${line.slice(0, CELL_CHARS_MAX - 1)}…`;
}

/** For commander: a whole number from 1. */
export function countIn(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1.');
  return Number(text);
}

/** One line on stderr that is written anew; silent where nobody looks. */
export function progressOn(out: Out, total: number, what: string): { step(name: string): void; end(): void } {
  let done = 0;
  return {
    step: (name) => {
      done++;
      const line = `${done} of ${total} ${what}  ${name}`;
      if (out.isTTY) out.write(`${CLEAR_LINE}${line.slice(0, (out.columns || 80) - 1)}`);
    },
    end: () => void (out.isTTY && out.write(CLEAR_LINE)),
  };
}
