/** Lines of a log as rows of one height: narrowed, and long ones wrapped. Pure, so that a test can hold it without a browser. */
import type { LogView } from '../../api.ts';

export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

export interface LogRow extends LogView {
  /** It goes on with the line above. */
  readonly goesOn?: boolean;
}

export interface Narrowing {
  readonly level: string;
  readonly text: string;
  /** Only lines of these task runs; absent: all. */
  readonly of?: ReadonlySet<string>;
}

/** The very same array where nothing is left out: with 50,000 lines that is the common case. */
export function narrowed(lines: readonly LogView[], { level, text, of }: Narrowing): readonly LogView[] {
  const least = LEVELS.indexOf(level);
  const wanted = text.toLowerCase();
  if (least <= 0 && wanted === '' && !of) return lines;
  return lines.filter(
    (line) =>
      LEVELS.indexOf(line.level) >= least &&
      (!of || (line.taskRunId !== undefined && of.has(line.taskRunId))) &&
      (wanted === '' ||
        line.message.toLowerCase().includes(wanted) ||
        (line.taskId?.toLowerCase().includes(wanted) ?? false)),
  );
}

/** A row ends at a space where one is near; the same array where every line fits. */
export function wrapped(lines: readonly LogView[], columns: number): readonly LogRow[] {
  if (!lines.some(({ message }) => message.length > columns)) return lines;
  return lines.flatMap((line) => (line.message.length <= columns ? line : piecesOf(line, columns)));
}

/** A space this near to the end of a row, as a part of it, ends it. */
const NEAR = 0.7;

function piecesOf(line: LogView, columns: number): LogRow[] {
  const rows: LogRow[] = [];
  for (let from = 0; from < line.message.length; ) {
    const to = endOf(line.message, from, columns);
    rows.push({ ...line, message: line.message.slice(from, to), ...(from > 0 && { goesOn: true }) });
    from = to;
  }
  return rows;
}

function endOf(text: string, from: number, columns: number): number {
  const end = from + columns;
  if (end >= text.length) return text.length;
  const space = text.lastIndexOf(' ', end - 1);
  if (space >= from + columns * NEAR) return space + 1;
  // Two halves of one character stay together.
  return /[\udc00-\udfff]/.test(text[end]!) && columns > 1 ? end - 1 : end;
}
