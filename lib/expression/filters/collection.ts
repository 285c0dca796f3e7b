/** Filters of maps, and of lists as sets. */
import { BoundedText, deepValue } from '../budget.ts';
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { hashOrdered } from '../value/hash-order.ts';
import { Entry, entriesOf, isMap, type PlainMap } from '../value/map.ts';
import { isNumeric, kindOf, numberKind, numberText } from '../value/number.ts';
import { javaText } from '../value/text.ts';
import { listOf, mapOf } from './argument.ts';

/** Room that a merged map is made with, besides its entries. */
const MERGED_ROOM = 16;

/** Of a list: its indexes. */
export const keys: Filter = {
  parameters: [],
  apply: (input) => (Array.isArray(input) ? [...input.keys()] : Object.keys(mapOf(input, 'what is filtered'))),
};

export const values: Filter = {
  parameters: [],
  apply: (input) => Object.values(mapOf(input, 'what is filtered')),
};

export const distinct: Filter = {
  parameters: [],
  takesNull: true,
  apply: (input) => (input === null ? 'null' : unequal(listOf(input, 'what is filtered'))),
};

/** What is no list comes back as it is. */
export const uniq: Filter = { parameters: [], apply: (input) => (Array.isArray(input) ? unequal(input) : input) };

/** The left side says what comes of it. A null is as if it were not there. */
export const merge: Filter = {
  parameters: ['items'],
  takesNull: true,
  apply(input, [items = null]) {
    if (input === null && items === null) throw new ValueError('expected something to merge, got null and null');
    if (input === null || items === null) return input ?? items;
    if (Array.isArray(input)) return [...input, ...(Array.isArray(items) ? items : entriesOf(mapOf(items, 'items')))];
    if (isMap(input)) return mergedMap(input, items);
    throw new ValueError(`expected a list or a map to merge into, got ${kindOf(input)}`);
  },
};

function mergedMap(input: PlainMap, items: unknown): PlainMap {
  const added = Array.isArray(items)
    ? items.map((item): [string, unknown] => [javaText(item), item])
    : Object.entries(mapOf(items, 'items'));
  const before = Object.entries(input);
  return hashOrdered([...before, ...added], before.length + added.length + MERGED_ROOM);
}

function unequal(items: readonly unknown[]): readonly unknown[] {
  const seen = new Map<string, unknown>();
  for (const item of items) {
    const identity = new BoundedText();
    identify(item, identity, 0);
    if (!seen.has(identity.done)) seen.set(identity.done, item);
  }
  return [...seen.values()];
}

/** Writes the same for what is equal in a list of Java: numbers of different kinds are not. */
function identify(value: unknown, text: BoundedText, depth: number): void {
  deepValue(depth);
  if (isNumeric(value)) text.add(`${numberKind(value)} ${numberText(value)}`);
  else if (Array.isArray(value)) {
    text.add('[');
    for (const item of value) {
      identify(item, text, depth + 1);
      text.add(',');
    }
    text.add(']');
  } else if (isMap(value) || value instanceof Entry) {
    text.add('{');
    for (const [name, item] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      text.add(JSON.stringify(name));
      identify(item, text, depth + 1);
    }
    text.add('}');
  } else text.add(JSON.stringify(value) ?? 'null');
}
