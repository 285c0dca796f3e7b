/** The builtins of jq that are known here, by name and number of arguments. An argument is a program of its own. */
import { type Budget, spend } from '../budget.ts';
import { ValueError } from '../error.ts';
import { json, parseJson } from '../value/json.ts';
import { isMap, type PlainMap } from '../value/map.ts';
import { isNumeric, plain } from '../value/number.ts';
import { compare, isTrue, typeOf } from './order.ts';
import { add, mapOf, textOf, valuesIn } from './values.ts';

/** Runs an argument on a value: all that it gives. */
export type Run = (value: unknown) => readonly unknown[];
type Builtin = (input: unknown, args: readonly Run[], budget: Budget) => readonly unknown[];

const one =
  (apply: (input: unknown) => unknown): Builtin =>
  (input) => [apply(input)];
const listOf = (value: unknown, what: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new ValueError(`jq: expected an array to ${what}, got ${typeOf(value)}`);
};
const sorted = (values: readonly unknown[]): readonly unknown[] => values.toSorted((a, b) => compare(a, b));
/** Each value with the list of what the program gives for it. */
const keyed = (
  input: unknown,
  run: Run,
  what: string,
): readonly { readonly key: readonly unknown[]; readonly value: unknown }[] =>
  listOf(input, what)
    .map((value) => ({ key: run(value), value }))
    .toSorted((a, b) => compare(a.key, b.key));

function groups(input: unknown, run: Run): readonly (readonly unknown[])[] {
  const found: { key: readonly unknown[]; values: unknown[] }[] = [];
  for (const { key, value } of keyed(input, run, 'group')) {
    const last = found.at(-1);
    if (last && compare(last.key, key) === 0) last.values.push(value);
    else found.push({ key, values: [value] });
  }
  return found.map(({ values }) => values);
}

const itself: Run = (value) => [value];
const entries = (input: unknown): readonly unknown[] =>
  Object.entries(mapOf(input, 'to_entries')).map(([key, value]) => ({ key, value }));

function fromEntries(input: unknown): PlainMap {
  const named = (entry: PlainMap, names: readonly string[]): unknown =>
    names
      .map((name) => (Object.hasOwn(entry, name) ? entry[name] : undefined))
      .find((value) => value !== undefined && value !== null);
  return Object.fromEntries(
    listOf(input, 'make an object of').map((item) => {
      const entry = mapOf(item, 'from_entries');
      const key = named(entry, ['key', 'k', 'name', 'Name', 'Key', 'K']);
      return [typeof key === 'string' ? key : json(key ?? null), named(entry, ['value', 'v', 'Value', 'V']) ?? null];
    }),
  );
}

function lengthOf(input: unknown): number {
  if (input === null) return 0;
  if (typeof input === 'string') return Array.from(input).length;
  if (isNumeric(input)) return Math.abs(plain(input));
  if (typeof input === 'boolean') throw new ValueError('jq: expected something that has a length, got boolean');
  return valuesIn(input).length;
}

function* counted(from: unknown, to: unknown, budget: Budget): Generator<number> {
  if (!isNumeric(from) || !isNumeric(to)) throw new ValueError('jq: expected numbers as the ends of a range');
  for (let value = plain(from); value < plain(to); value++) {
    spend(budget, 1);
    yield value;
  }
}

/** Of equal ones, the first as the least and the last as the greatest. */
function extreme(input: unknown, run: Run, what: 'least' | 'greatest'): unknown {
  const found = keyed(input, run, 'compare');
  return (what === 'least' ? found[0] : found.at(-1))?.value ?? null;
}

const text = (apply: (text: string) => unknown, name: string): Builtin => one((input) => apply(textOf(input, name)));
const withText =
  (name: string, apply: (input: string, other: string) => unknown): Builtin =>
  (input, [other]) =>
    other!(input).map((value) => apply(textOf(input, name), textOf(value, name)));

const BUILTINS: Readonly<Record<string, Builtin>> = {
  'empty/0': () => [],
  'not/0': one((input) => !isTrue(input)),
  'length/0': one(lengthOf),
  'keys/0': one((input) => (Array.isArray(input) ? [...input.keys()] : Object.keys(mapOf(input, 'keys')).toSorted())),
  'keys_unsorted/0': one((input) => (Array.isArray(input) ? [...input.keys()] : Object.keys(mapOf(input, 'keys')))),
  'values/0': (input) => (input === null ? [] : [input]),
  'nulls/0': (input) => (input === null ? [input] : []),
  'type/0': one(typeOf),
  'has/1': (input, [key]) =>
    key!(input).map((name) =>
      Array.isArray(input) && isNumeric(name)
        ? plain(name) >= 0 && plain(name) < input.length
        : Object.hasOwn(mapOf(input, 'has'), textOf(name, 'has')),
    ),
  'select/1': (input, [run]) => run!(input).flatMap((value) => (isTrue(value) ? [input] : [])),
  'map/1': (input, [run]) => [valuesIn(input).flatMap(run!)],
  'map_values/1': (input, [run]) => [
    Array.isArray(input)
      ? input.flatMap((value) => run!(value).slice(0, 1))
      : Object.fromEntries(
          Object.entries(mapOf(input, 'map_values')).flatMap(([key, value]) =>
            run!(value)
              .slice(0, 1)
              .map((given) => [key, given]),
          ),
        ),
  ],
  'recurse/0': (input, _, budget) => recursed(input, budget),
  'add/0': (input, _, budget) => [valuesIn(input).reduce((sum, value) => add(sum, value, budget), null)],
  'any/0': one((input) => valuesIn(input).some(isTrue)),
  'all/0': one((input) => valuesIn(input).every(isTrue)),
  'any/1': (input, [run]) => [valuesIn(input).flatMap(run!).some(isTrue)],
  'all/1': (input, [run]) => [valuesIn(input).flatMap(run!).every(isTrue)],
  'first/0': one((input) => listOf(input, 'take the first of')[0] ?? null),
  'last/0': one((input) => listOf(input, 'take the last of').at(-1) ?? null),
  'first/1': (input, [run]) => run!(input).slice(0, 1),
  'last/1': (input, [run]) => run!(input).slice(-1),
  'range/1': (input, [to], budget) => to!(input).flatMap((end) => [...counted(0, end, budget)]),
  'range/2': (input, [from, to], budget) =>
    from!(input).flatMap((start) => to!(input).flatMap((end) => [...counted(start, end, budget)])),
  'floor/0': one((input) => Math.floor(numberOf(input, 'floor'))),
  'ceil/0': one((input) => Math.ceil(numberOf(input, 'ceil'))),
  'round/0': one((input) => Math.round(numberOf(input, 'round'))),
  'tostring/0': one((input) => (typeof input === 'string' ? input : json(input, { nulls: true }))),
  'tonumber/0': one((input) => (isNumeric(input) ? input : parsedNumber(textOf(input, 'tonumber')))),
  'tojson/0': one((input) => json(input, { nulls: true })),
  'fromjson/0': text(parseJson, 'fromjson'),
  'sort/0': one((input) => sorted(listOf(input, 'sort'))),
  'sort_by/1': (input, [run]) => [keyed(input, run!, 'sort').map(({ value }) => value)],
  'group_by/1': (input, [run]) => [groups(input, run!)],
  'unique/0': one((input) => groups(input, itself).map(([first]) => first)),
  'unique_by/1': (input, [run]) => [groups(input, run!).map(([first]) => first)],
  'min/0': one((input) => extreme(input, itself, 'least')),
  'max/0': one((input) => extreme(input, itself, 'greatest')),
  'min_by/1': (input, [run]) => [extreme(input, run!, 'least')],
  'max_by/1': (input, [run]) => [extreme(input, run!, 'greatest')],
  'reverse/0': one((input) =>
    input === null
      ? []
      : typeof input === 'string'
        ? Array.from(input).toReversed().join('')
        : listOf(input, 'reverse').toReversed(),
  ),
  'flatten/0': one((input) => listOf(input, 'flatten').flat(Number.POSITIVE_INFINITY)),
  'flatten/1': (input, [depth]) =>
    depth!(input).map((most) => listOf(input, 'flatten').flat(numberOf(most, 'flatten'))),
  'join/1': (input, [by]) => by!(input).map((separator) => joined(listOf(input, 'join'), textOf(separator, 'join'))),
  'split/1': withText('split', (whole, by) => (whole === '' ? [] : whole.split(by))),
  'startswith/1': withText('startswith', (whole, part) => whole.startsWith(part)),
  'endswith/1': withText('endswith', (whole, part) => whole.endsWith(part)),
  'ascii_downcase/0': text((whole) => whole.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), 'ascii_downcase'),
  'ascii_upcase/0': text((whole) => whole.replace(/[a-z]/g, (letter) => letter.toUpperCase()), 'ascii_upcase'),
  'to_entries/0': one(entries),
  'from_entries/0': one(fromEntries),
  'with_entries/1': (input, [run]) => [fromEntries(entries(input).flatMap(run!))],
};

export const isBuiltin = (name: string, args: number): boolean => Object.hasOwn(BUILTINS, `${name}/${args}`);
export const builtin = (name: string, args: number): Builtin => BUILTINS[`${name}/${args}`]!;

export function recursed(input: unknown, budget: Budget): readonly unknown[] {
  spend(budget, 1);
  const inner = Array.isArray(input) || isMap(input) ? valuesIn(input).flatMap((value) => recursed(value, budget)) : [];
  return [input, ...inner];
}

function numberOf(value: unknown, what: string): number {
  if (isNumeric(value)) return plain(value);
  throw new ValueError(`jq: expected a number for ${what}, got ${typeOf(value)}`);
}

function parsedNumber(value: string): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw new ValueError(`jq: expected a text that is a number, got ${JSON.stringify(value)}`);
  return number;
}

/** A null is nothing. */
function joined(items: readonly unknown[], separator: string): string {
  return items
    .map((item) => {
      if (item === null) return '';
      if (Array.isArray(item) || isMap(item)) throw new ValueError(`jq: expected texts to join, got ${typeOf(item)}`);
      return typeof item === 'string' ? item : json(item);
    })
    .join(separator);
}
