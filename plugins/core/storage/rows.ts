/** Rows of a stored file, for tasks that go through it: each ends when its task is told to end. */
import { type Row, type TaskContext, TaskError } from '@windhover/sdk';

export async function* rowsOf({ files, signal }: TaskContext, uri: string): AsyncGenerator<Row> {
  for await (const row of files.rows(uri)) {
    if (signal.aborted) throw new TaskError('the task was ended');
    yield row;
  }
}

/** What an expression about the row sees: its fields, over what the task sees. Throws a TaskError when it is no map. */
export function fieldsOf(row: Row): Readonly<Record<string, unknown>> {
  const value = row.value();
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TaskError(`expected a row with fields, got ${row.text.slice(0, 80)}`);
}

/** The last part of an address: the name of its file. */
export const nameOf = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1) || 'rows.ion';

export function extensionOf(uri: string): string {
  const name = nameOf(uri);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '.tmp';
}

/** As a name may end: with its dot. */
export function extensionIn(text: string): string {
  const extension = text === '' || text.startsWith('.') ? text : `.${text}`;
  if (/^[\w.-]{0,20}$/.test(extension)) return extension;
  throw new TaskError(`extension: expected one such as .csv, got ${JSON.stringify(text.slice(0, 80))}`);
}
