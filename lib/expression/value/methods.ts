/** The few methods that a text, a list, a map or a number has in a template. There are no others, whatever the value behind it is. */
import { type Budget, TEXT_CHARS_MAX, tooLong, within } from '../budget.ts';
import { find } from '../regex/match.ts';
import { parseRegex } from '../regex/parse.ts';
import { replaceAll, splitBy } from '../regex/replace.ts';
import { itemOf } from './access.ts';
import { wholeNumber } from './arithmetic.ts';
import { equals, same } from './equality.ts';
import { entriesOf, isMap, type PlainMap } from './map.ts';
import { double, isNumeric, long, type Numeric, numberText, plain, wholePart } from './number.ts';
import { javaText } from './text.ts';

type Call<T> = (self: T, args: readonly unknown[], budget: Budget) => unknown;
type Method<T> = { readonly parameters: readonly string[]; readonly call: Call<T> };
type Methods<T> = Readonly<Record<string, Method<T>>>;

const method = <T>(parameters: readonly string[], call: Call<T>): Method<T> => ({ parameters, call });
const text = (value: unknown): string => javaText(value);
const whole = (value: unknown): number => wholeNumber(value, 'as an argument');
const matchesWhole = (self: string, pattern: unknown, budget: Budget): boolean =>
  find(parseRegex(`\\A(?:${text(pattern)})\\z`), self, 0, budget) !== undefined;

const OF_TEXT: Methods<string> = {
  length: method([], (self) => self.length),
  isEmpty: method([], (self) => self === ''),
  isBlank: method([], (self) => self.trim() === ''),
  toUpperCase: method([], (self) => self.toUpperCase()),
  toLowerCase: method([], (self) => self.toLowerCase()),
  trim: method([], (self) => self.trim()),
  strip: method([], (self) => self.trim()),
  toString: method([], (self) => self),
  charAt: method(['index'], (self, [index]) => self.charAt(whole(index))),
  startsWith: method(['prefix'], (self, [prefix]) => self.startsWith(text(prefix))),
  endsWith: method(['suffix'], (self, [suffix]) => self.endsWith(text(suffix))),
  indexOf: method(['part'], (self, [part]) => self.indexOf(text(part))),
  lastIndexOf: method(['part'], (self, [part]) => self.lastIndexOf(text(part))),
  equalsIgnoreCase: method(['other'], (self, [other]) => self.toLowerCase() === text(other).toLowerCase()),
  replace: method(['from', 'to'], (self, [from, to]) => within(self.replaceAll(text(from), () => text(to)))),
  replaceAll: method(['pattern', 'by'], (self, [pattern, by], budget) =>
    replaceAll(parseRegex(text(pattern)), self, text(by), budget),
  ),
  matches: method(['pattern'], (self, [pattern], budget) => matchesWhole(self, pattern, budget)),
  split: method(['pattern', 'limit'], (self, [pattern, limit], budget) =>
    splitBy(parseRegex(text(pattern)), self, limit === undefined ? 0 : whole(limit), budget),
  ),
  repeat: method(['times'], (self, [times]) => repeated(self, whole(times))),
  concat: method(['other'], (self, [other]) => within(self + text(other))),
  substring: method(['from', 'to'], (self, [from, to]) =>
    self.slice(whole(from), to === undefined ? undefined : whole(to)),
  ),
};

function repeated(self: string, times: number): string {
  if (times < 0 || self.length * times > TEXT_CHARS_MAX) throw tooLong();
  return self.repeat(times);
}

const OF_LIST: Methods<readonly unknown[]> = {
  size: method([], (self) => self.length),
  isEmpty: method([], (self) => self.length === 0),
  indexOf: method(['item'], (self, [item], budget) => self.findIndex((each) => same(each, item, budget))),
  get: method(['index'], (self, [index]) => itemOf(self, index) ?? null),
  subList: method(['from', 'to'], (self, [from, to]) => self.slice(whole(from), whole(to))),
};

const OF_MAP: Methods<PlainMap> = {
  size: method([], (self) => Object.keys(self).length),
  isEmpty: method([], (self) => Object.keys(self).length === 0),
  containsKey: method(['key'], (self, [key]) => Object.hasOwn(self, text(key))),
  containsValue: method(['value'], (self, [value]) => Object.values(self).some((each) => equals(each, value))),
  get: method(['key'], (self, [key]) => itemOf(self, key) ?? null),
  getOrDefault: method(['key', 'fallback'], (self, [key, fallback]) => itemOf(self, key) ?? fallback ?? null),
  keySet: method([], (self) => Object.keys(self)),
  values: method([], (self) => Object.values(self)),
  entrySet: method([], entriesOf),
};

const OF_NUMBER: Methods<Numeric> = {
  intValue: method([], (self) => Number(BigInt.asIntN(32, wholePart(self)))),
  longValue: method([], (self) => long(wholePart(self))),
  doubleValue: method([], (self) => double(plain(self))),
  toString: method([], numberText),
};

/**
 * The method of that name which the value has, if it has one. A map's are only called, never read as properties; a list or a
 * text may leave out the `is` of one: `list.empty`.
 */
export function methodOf(value: unknown, name: string): Method<unknown> | undefined {
  if (typeof value === 'string') return own(OF_TEXT, name) ?? own(OF_TEXT, questionOf(name));
  if (Array.isArray(value)) return own(OF_LIST, name) ?? own(OF_LIST, questionOf(name));
  if (isNumeric(value)) return own(OF_NUMBER, name);
  return isMap(value) ? own(OF_MAP, name) : undefined;
}

const questionOf = (name: string): string => `is${name.charAt(0).toUpperCase()}${name.slice(1)}`;

function own<T>(table: Methods<T>, name: string): Method<unknown> | undefined {
  return Object.hasOwn(table, name) ? (table[name] as Method<unknown>) : undefined;
}
