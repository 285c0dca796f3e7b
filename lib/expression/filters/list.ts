/** Filters of lists and texts: parts, order, joining and splitting. */
import { BoundedText } from '../budget.ts';
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { parseRegex } from '../regex/parse.ts';
import { splitBy } from '../regex/replace.ts';
import { order } from '../value/equality.ts';
import { isMap } from '../value/map.ts';
import { isNumeric, kindOf } from '../value/number.ts';
import { javaText } from '../value/text.ts';
import { listOf, optional, textOf, wholeOf } from './argument.ts';

const simple = (apply: (input: unknown) => unknown): Filter => ({ parameters: [], apply });
const onList = (apply: (items: readonly unknown[]) => unknown): Filter =>
  simple((input) => apply(listOf(input, 'what is filtered')));
/** A delimiter that means only itself. */
const PLAIN = /^[^\\^$.|?*+()[\]{}]+$/;

export const first = simple((input) =>
  typeof input === 'string' ? input.charAt(0) : (listOf(input, 'what is filtered')[0] ?? null),
);
export const last = simple((input) =>
  typeof input === 'string' ? input.slice(-1) : (listOf(input, 'what is filtered').at(-1) ?? null),
);

export const length: Filter = {
  parameters: [],
  takesNull: true,
  apply(input) {
    if (typeof input === 'string' || Array.isArray(input)) return input.length;
    return isMap(input) ? Object.keys(input).length : 0;
  },
};

export const sort = onList((items) => items.toSorted(inOrder));
export const rsort = onList((items) => items.toSorted((a, b) => inOrder(b, a)));
export const reverse = onList((items) => items.toReversed());
export const flatten = onList((items) => items.flat(1));

function inOrder(a: unknown, b: unknown): number {
  if (isNumeric(a) && isNumeric(b)) return order(a, b);
  const comparable = typeof a === 'string' || typeof a === 'boolean';
  if (!comparable || typeof a !== typeof b)
    throw new ValueError(`expected only texts or only numbers to sort, got ${kindOf(a)} and ${kindOf(b)}`);
  return a < b! ? -1 : a > b! ? 1 : 0;
}

export const slice: Filter = {
  parameters: ['fromIndex', 'toIndex'],
  apply(input, [from, to]) {
    const whole = typeof input === 'string' ? input : listOf(input, 'what is sliced');
    const start = optional(from, wholeOf, 'fromIndex') ?? 0;
    const end = optional(to, wholeOf, 'toIndex');
    const most = end ?? whole.length;
    if (start < 0 || most > whole.length || start > most || start === end)
      throw new ValueError(`expected two indexes between 0 and ${whole.length} that go up, got ${start} and ${most}`);
    return whole.slice(start, most);
  },
};

export const chunk: Filter = {
  parameters: ['size'],
  required: 1,
  apply(input, [size]) {
    const items = listOf(input, 'what is filtered');
    const most = wholeOf(size, 'size');
    if (most < 1) throw new ValueError(`expected a size of at least 1, got ${most}`);
    const count = Math.ceil(items.length / most);
    return Array.from({ length: count }, (_, index) => items.slice(index * most, (index + 1) * most));
  },
};

/** Items as Java writes them: a null is `null`, a map `{k=v}`. */
export const join: Filter = {
  parameters: ['separator'],
  apply(input, [separator]) {
    const between = optional(separator, textOf, 'separator') ?? '';
    const text = new BoundedText();
    for (const [index, item] of listOf(input, 'what is joined').entries())
      text.add((index > 0 ? between : '') + javaText(item));
    return text.done;
  },
};

/** The delimiter is a regular expression. Without a limit, empty parts at the end are dropped. */
export const split: Filter = {
  parameters: ['delimiter', 'limit'],
  required: 1,
  apply(input, [delimiter, limit], { budget }) {
    const text = textOf(input, 'what is split');
    const by = textOf(delimiter, 'delimiter');
    const most = optional(limit, wholeOf, 'limit') ?? 0;
    if (most !== 0 || !PLAIN.test(by)) return splitBy(parseRegex(by), text, most, budget);
    const parts = text.split(by);
    while (parts.length > 1 && parts.at(-1) === '') parts.pop();
    return text !== '' && parts.length === 1 && parts[0] === '' ? [] : parts;
  },
};
