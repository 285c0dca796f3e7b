/**
 * The lines of a stored file, one at a time: a file may be larger than memory, a line may not. What a line says is read as
 * JSON, or as Ion where it is none.
 */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type Row, TaskError } from '../../plugins/sdk/index.ts';
import { newBudget } from '../expression/budget.ts';
import { readIon } from '../expression/ion/read.ts';
import { parseJson } from '../expression/value/json.ts';

export const ROW_CHARS_MAX = 4 * 1024 * 1024;
const SHOWN_CHARS_MAX = 80;
/** Some programs begin their files with it. */
const MARK = '\uFEFF';

export async function* rowsOf(stream: Readable): AsyncGenerator<Row> {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  let number = 0;
  for await (const chunk of stream) {
    const text = begun + decoder.write(chunk as Buffer);
    let from = 0;
    for (let at = text.indexOf('\n', begun.length); at !== -1; at = text.indexOf('\n', from)) {
      yield rowOf(text.slice(from, at), ++number);
      from = at + 1;
    }
    begun = from === 0 ? text : text.slice(from);
    if (begun.length > ROW_CHARS_MAX)
      throw new TaskError(`line ${number + 1}: expected at most ${ROW_CHARS_MAX} characters, got more`);
  }
  const last = begun + decoder.end();
  if (last !== '') yield rowOf(last, ++number);
}

function rowOf(line: string, number: number): Row {
  const whole = number === 1 && line.startsWith(MARK) ? line.slice(1) : line;
  const text = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
  return { text, value: () => readValue(text, number) };
}

function readValue(text: string, number: number): unknown {
  try {
    return parseJson(text);
  } catch {
    // Ion then: most of what is JSON's fault is right in it.
  }
  try {
    const values = readIon(text, newBudget());
    if (values.length === 1) return values[0];
  } catch {
    // The refusal below says it for both.
  }
  const shown = text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
  throw new TaskError(`line ${number}: expected a value as JSON or Ion, got ${JSON.stringify(shown)}`);
}
