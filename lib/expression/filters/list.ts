/** Filters of lists and maps: parts, order, joining. */
import { isMap } from '../access.ts';
import { TEXT_CHARS_MAX, within } from '../budget.ts';
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { isNumeric, kindOf, plain } from '../number.ts';
import { json, print } from '../print.ts';
import { listOf, textOf, wholeOf } from './argument.ts';

const simple = (apply: (input: unknown) => unknown): Filter => ({ parameters: [], apply });
const onList = (apply: (items: readonly unknown[]) => unknown): Filter =>
  simple((input) => apply(listOf(input, 'what is filtered')));

export const LIST_FILTERS: Readonly<Record<string, Filter>> = {
  length: { parameters: [], takesNull: true, apply: lengthOf },
  first: simple((input) =>
    typeof input === 'string' ? input.charAt(0) : (listOf(input, 'what is filtered')[0] ?? null),
  ),
  last: simple((input) =>
    typeof input === 'string' ? input.slice(-1) : (listOf(input, 'what is filtered').at(-1) ?? null),
  ),
  keys: simple((input) => (Array.isArray(input) ? [...input.keys()] : Object.keys(mapOf(input)))),
  values: simple((input) => Object.values(mapOf(input))),
  sort: onList((items) => items.toSorted(order)),
  rsort: onList((items) => items.toSorted((a, b) => order(b, a))),
  reverse: onList((items) => items.toReversed()),
  distinct: onList(distinct),
  uniq: onList(distinct),
  flatten: onList((items) => items.flat(1)),
  join: {
    parameters: ['separator'],
    apply: (input, [separator]) =>
      joined(listOf(input, 'what is joined'), separator === undefined ? '' : textOf(separator, 'separator')),
  },
  split: {
    parameters: ['delimiter', 'limit'],
    required: 1,
    apply: (input, [delimiter, limit]) =>
      split(
        textOf(input, 'what is split'),
        textOf(delimiter, 'delimiter'),
        limit === undefined ? 0 : wholeOf(limit, 'limit'),
      ),
  },
  slice: { parameters: ['fromIndex', 'toIndex'], apply: slice },
  merge: { parameters: ['items'], required: 1, apply: (input, [items]) => merged(input, items) },
  chunk: {
    parameters: ['size'],
    required: 1,
    apply: (input, [size]) => chunks(listOf(input, 'what is filtered'), wholeOf(size, 'size')),
  },
};

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  if (isMap(value)) return value;
  throw new ValueError(`expected a map, got ${kindOf(value)}`);
}

function lengthOf(input: unknown): number {
  if (typeof input === 'string' || Array.isArray(input)) return input.length;
  return isMap(input) ? Object.keys(input).length : 0;
}

function order(a: unknown, b: unknown): number {
  if (isNumeric(a) && isNumeric(b)) return plain(a) - plain(b);
  if (typeof a !== typeof b || a === null || b === null || typeof a === 'object') {
    throw new ValueError(`expected texts or numbers to sort, got ${kindOf(a)} and ${kindOf(b)}`);
  }
  const [x, y] = [print(a), print(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Equal ones are equal as JSON. */
function distinct(items: readonly unknown[]): readonly unknown[] {
  const seen = new Map<string, unknown>();
  for (const item of items) {
    const key = json(item);
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}

function joined(items: readonly unknown[], separator: string): string {
  if (separator.length * items.length > TEXT_CHARS_MAX) throw new ValueError('expected a shorter separator', 'budget');
  let text = '';
  for (let index = 0; index < items.length; index++)
    text = within(text + (index > 0 ? separator : '') + print(items[index]));
  return text;
}

/** As Java splits: by a regular expression there, by the text itself here; empty ends are dropped where there is no limit. */
function split(text: string, delimiter: string, limit: number): readonly string[] {
  const parts = text.split(delimiter);
  if (limit > 0 && parts.length > limit) return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(delimiter)];
  if (limit !== 0) return parts;
  let end = parts.length;
  while (end > 1 && parts[end - 1] === '') end--;
  return parts.slice(0, end);
}

function slice(input: unknown, [from, to]: readonly unknown[]): unknown {
  const whole = typeof input === 'string' ? input : listOf(input, 'what is sliced');
  const start = from === undefined ? 0 : wholeOf(from, 'fromIndex');
  const end = to === undefined ? whole.length : wholeOf(to, 'toIndex');
  if (start < 0 || end < start || end > whole.length)
    throw new ValueError(`expected indexes between 0 and ${whole.length}, got ${start} and ${end}`);
  return whole.slice(start, end);
}

function merged(input: unknown, items: unknown): unknown {
  if (Array.isArray(input))
    return Array.isArray(items) ? [...input, ...items] : [...input, ...Object.keys(mapOf(items))];
  const other = Array.isArray(items) ? Object.fromEntries(items.map((item) => [print(item), item])) : mapOf(items);
  return { ...mapOf(input), ...other };
}

function chunks(items: readonly unknown[], size: number): readonly unknown[] {
  if (size < 1) throw new ValueError(`expected a size of at least 1, got ${size}`);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
