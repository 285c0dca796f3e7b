/** How jq orders values of all kinds: null, false, true, numbers, texts, lists, objects. */
import { deepValue } from '../budget.ts';
import { isMap, type PlainMap } from '../value/map.ts';
import { isNumeric, plain } from '../value/number.ts';

export type JqType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function typeOf(value: unknown): JqType {
  if (value === null || value === undefined) return 'null';
  if (isNumeric(value)) return 'number';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'boolean' : typeof value === 'string' ? 'string' : 'object';
}

const RANKS: readonly JqType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

export function compare(a: unknown, b: unknown, depth = 0): number {
  deepValue(depth);
  const rank = RANKS.indexOf(typeOf(a)) - RANKS.indexOf(typeOf(b));
  if (rank !== 0) return rank;
  if (isNumeric(a) && isNumeric(b)) return Math.sign(plain(a) - plain(b));
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b, depth + 1);
  return isMap(a) && isMap(b) ? compareObjects(a, b, depth + 1) : 0;
}

function compareLists(a: readonly unknown[], b: readonly unknown[], depth: number): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const result = compare(a[index], b[index], depth);
    if (result !== 0) return result;
  }
  return a.length - b.length;
}

/** First by their keys, then by their values. */
function compareObjects(a: PlainMap, b: PlainMap, depth: number): number {
  const names = Object.keys(a).toSorted();
  const byKeys = compareLists(names, Object.keys(b).toSorted(), depth);
  return byKeys === 0
    ? compareLists(
        names.map((name) => a[name]),
        names.map((name) => b[name]),
        depth,
      )
    : byKeys;
}

export const isTrue = (value: unknown): boolean => value !== null && value !== undefined && value !== false;
