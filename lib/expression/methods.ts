/** The few methods that a text, a list or a map has in a template. There are no others, whatever the value behind it is. */
import { isMap, itemOf } from './access.ts';
import { within } from './budget.ts';
import { plain, toNumeric } from './number.ts';
import { equals } from './operators.ts';
import { print } from './print.ts';

type Method<T> = { readonly parameters: readonly string[]; call(self: T, args: readonly unknown[]): unknown };

const method = <T>(parameters: readonly string[], call: Method<T>['call']): Method<T> => ({ parameters, call });
const text = (value: unknown): string => print(value);
const whole = (value: unknown): number => plain(toNumeric(value, 'as an argument'));

const OF_TEXT: Readonly<Record<string, Method<string>>> = {
  length: method([], (self) => self.length),
  isEmpty: method([], (self) => self === ''),
  isBlank: method([], (self) => self.trim() === ''),
  toUpperCase: method([], (self) => self.toUpperCase()),
  toLowerCase: method([], (self) => self.toLowerCase()),
  trim: method([], (self) => self.trim()),
  toString: method([], (self) => self),
  contains: method(['part'], (self, [part]) => self.includes(text(part))),
  startsWith: method(['prefix'], (self, [prefix]) => self.startsWith(text(prefix))),
  endsWith: method(['suffix'], (self, [suffix]) => self.endsWith(text(suffix))),
  indexOf: method(['part'], (self, [part]) => self.indexOf(text(part))),
  lastIndexOf: method(['part'], (self, [part]) => self.lastIndexOf(text(part))),
  equals: method(['other'], (self, [other]) => self === other),
  replace: method(['from', 'to'], (self, [from, to]) => within(self.replaceAll(text(from), () => text(to)))),
  concat: method(['other'], (self, [other]) => within(self + text(other))),
  substring: method(['from', 'to'], (self, [from, to]) =>
    self.slice(whole(from), to === undefined ? undefined : whole(to)),
  ),
};

const OF_LIST: Readonly<Record<string, Method<readonly unknown[]>>> = {
  size: method([], (self) => self.length),
  isEmpty: method([], (self) => self.length === 0),
  contains: method(['item'], (self, [item]) => self.some((each) => equals(each, item))),
  indexOf: method(['item'], (self, [item]) => self.findIndex((each) => equals(each, item))),
  get: method(['index'], (self, [index]) => itemOf(self, index) ?? null),
};

const OF_MAP: Readonly<Record<string, Method<Readonly<Record<string, unknown>>>>> = {
  size: method([], (self) => Object.keys(self).length),
  isEmpty: method([], (self) => Object.keys(self).length === 0),
  containsKey: method(['key'], (self, [key]) => Object.hasOwn(self, text(key))),
  containsValue: method(['value'], (self, [value]) => Object.values(self).some((each) => equals(each, value))),
  get: method(['key'], (self, [key]) => itemOf(self, key) ?? null),
  getOrDefault: method(['key', 'fallback'], (self, [key, fallback]) => itemOf(self, key) ?? fallback ?? null),
  keySet: method([], (self) => Object.keys(self)),
  values: method([], (self) => Object.values(self)),
};

/** The method of that name which the value has, if it has one. A map's are only called, never read as properties. */
export function methodOf(value: unknown, name: string): Method<unknown> | undefined {
  if (typeof value === 'string') return own(OF_TEXT, name);
  if (Array.isArray(value)) return own(OF_LIST, name);
  return isMap(value) ? own(OF_MAP, name) : undefined;
}

function own<T>(table: Readonly<Record<string, Method<T>>>, name: string): Method<unknown> | undefined {
  return Object.hasOwn(table, name) ? (table[name] as Method<unknown>) : undefined;
}
