/** The values of an iteration, as Kestra has them: texts as they are, anything else as JSON, each once. */

import { json, parseJson } from '../../expression/value/json.ts';

/** A flow that needs more works on a file. */
const VALUES_MAX = 100_000;
/** All values of one task run are kept with it: a commit holds 1 MB. */
const CHARS_MAX = 512 * 1024;
const EXCERPT_CHARS_MAX = 80;

/** Throws a sentence. */
export function valuesOf(rendered: unknown): readonly string[] {
  const given = listOf(rendered);
  const nulls = given.filter((value) => value === null).length;
  if (nulls > 0) throw new Error(`Found '${nulls}' null values on Each, with values=${javaText(given)}`);
  if (given.length > VALUES_MAX) throw new Error(`values: expected at most ${VALUES_MAX}, got ${given.length}`);
  const values = [...new Set(given.map((value) => (typeof value === 'string' ? value : json(value))))];
  const chars = values.reduce((sum, { length }) => sum + length, 0);
  if (chars > CHARS_MAX) throw new Error(`values: expected at most ${CHARS_MAX} characters together, got ${chars}`);
  return values;
}

function listOf(rendered: unknown): readonly unknown[] {
  const list = typeof rendered === 'string' ? parsed(rendered) : rendered;
  if (Array.isArray(list)) return list;
  if (typeof list === 'object' && list !== null) return Object.entries(list).map(([key, value]) => ({ key, value }));
  throw new Error(`values: expected a list, got ${excerptOf(rendered)}`);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // No JSON: the sentence about what is no list shows it.
    return text;
  }
}

/** As Java prints lists and maps, in the sentence that Kestra's users know. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}=${javaText(inner)}`)
    .join(', ')}}`;
}

const excerptOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, EXCERPT_CHARS_MAX);
