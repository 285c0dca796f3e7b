/** What stands in an address's query, as our routes read it: a refusal names the parameter, what was expected and got. */
import { Fault } from '../../../lib/errors.ts';
import { LEVELS, type Level } from '../../../lib/model/log-line.ts';

type Query = URLSearchParams;
const TEXT_CHARS_MAX = 60;

export const excerptOf = (text: string): string => JSON.stringify(text.slice(0, TEXT_CHARS_MAX));

const refused = (name: string, expected: string, got: string): Fault =>
  new Fault('request.invalid', `${name}: expected ${expected}, got ${excerptOf(got)}`);

/** Undefined where it is absent or empty. */
export const textOf = (query: Query, name: string): string | undefined => query.get(name) || undefined;

export function flagOf(query: Query, name: string): boolean {
  const text = query.get(name);
  if (text === null || text === '' || text === 'false') return false;
  if (text === 'true') return true;
  throw refused(name, 'true or false', text);
}

export function wholeOf(query: Query, name: string, least = 0): number | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw refused(name, `a whole number from ${least}`, text);
  return value;
}

export function levelOf(query: Query, name: string): Level | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const level = LEVELS.find((each) => each === text.toUpperCase());
  if (!level) throw refused(name, `one of ${LEVELS.join(', ')}`, text);
  return level;
}

export function timeOf(query: Query, name: string): number | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw refused(name, 'a time such as 2026-11-26T10:00:00Z', text);
  return ms;
}

/** `labels=key:value`, as often as it stands there. */
export function labelPairs(query: Query): readonly (readonly [key: string, value: string])[] {
  return query.getAll('labels').map((text) => {
    const colon = text.indexOf(':');
    if (colon < 0) throw refused('labels', 'key:value', text);
    return [text.slice(0, colon), text.slice(colon + 1)];
  });
}
