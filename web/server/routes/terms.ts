/** What filters mean: terms of the repository's searches. Each field says which operations it takes; others are refused. */
import { newBudget, STEPS_MAX } from '../../../lib/expression/budget.ts';
import { find } from '../../../lib/expression/regex/match.ts';
import { parseRegex } from '../../../lib/expression/regex/parse.ts';
import { durationMs } from '../../../lib/flow/duration.ts';
import { LEVELS } from '../../../lib/model/log-line.ts';
import { NEXT_STATES } from '../../../lib/model/state.ts';
import type {
  LabelTerm,
  NumberComparison,
  NumberTerm,
  TextComparison,
  TextTerm,
  Where,
} from '../../../lib/repository/where.ts';
import type { Filter, Filters, Operation } from './filters.ts';
import { msIn, refused } from './query.ts';

/** What the search of a resource makes of one filter. */
export type Meaning<T> = (filter: Filter) => Where<T>;
export type Meanings<T> = Readonly<Record<string, Meaning<T>>>;

export const SYSTEM_NAMESPACE = 'system';
/** Of the budget of an expression, for all names that a pattern is tried on. */
const REGEX_STEPS = 200_000;

/** Throws `request.parameter`. */
export function whereOf<T>(filters: Filters, meanings: Meanings<T>): Where<T> {
  if ('all' in filters) return { all: filters.all.map((each) => whereOf(each, meanings)) };
  if ('any' in filters) return { any: filters.any.map((each) => whereOf(each, meanings)) };
  const field = filters.field;
  if (!Object.hasOwn(meanings, field))
    throw refused(
      filters.name,
      `a filter of ${Object.keys(meanings).join(', ')}`,
      field,
      `Field ${field} is not supported. Supported fields are ${Object.keys(meanings).join(', ')}`,
    );
  return meanings[field]!(filters);
}

function unsupported({ name, field, operation }: Filter, supported: readonly Operation[]): never {
  const known = supported.join(', ');
  throw refused(
    name,
    `one of ${known}`,
    operation,
    `Operation ${operation} is not supported for field ${field}. Supported operations are ${known}`,
  );
}

const COMPARISONS: Readonly<Partial<Record<Operation, TextComparison>>> = {
  EQUALS: 'equal',
  NOT_EQUALS: 'equal',
  IN: 'equal',
  NOT_IN: 'equal',
  CONTAINS: 'containing',
  STARTS_WITH: 'startingWith',
  ENDS_WITH: 'endingWith',
  PREFIX: 'below',
};
const NEGATED: ReadonlySet<Operation> = new Set(['NOT_EQUALS', 'NOT_IN']);
const CHOSEN: readonly Operation[] = ['EQUALS', 'NOT_EQUALS', 'IN', 'NOT_IN'];

/** Any of the values; for a negated operation, none of them. */
function anyOf<T>(values: readonly string[], negated: boolean, termOf: (value: string) => Where<T>): Where<T> {
  const fitting = values.length === 1 ? termOf(values[0]!) : { any: values.map(termOf) };
  return negated ? { not: fitting } : fitting;
}

export interface Texts {
  /** All values that the field has anywhere: what a pattern is tried on. Without it there are no patterns. */
  readonly known?: () => readonly string[];
  readonly value?: (value: string, name: string) => string;
  /** Only these. */
  readonly operations?: readonly Operation[];
}

export const text =
  <F extends string>(
    field: F,
    { known, value: read = (value) => value, operations }: Texts = {},
  ): Meaning<TextTerm<F>> =>
  (filter) => {
    const { operation, values, name } = filter;
    const all = [...(Object.keys(COMPARISONS) as Operation[]), ...(known ? (['REGEX'] as const) : [])];
    const taken = operations ?? all;
    if (!taken.includes(operation)) unsupported(filter, taken);
    const term = (is: TextComparison) => (each: string) => ({ field, is, value: read(each, name) }) as const;
    if (operation === 'REGEX') return { any: namesFitting(filter, known!()).map(term('equal')) };
    return anyOf(values, NEGATED.has(operation), term(COMPARISONS[operation]!));
  };

/** A field that has one of a few values. */
export const chosen = <F extends string>(field: F, value: NonNullable<Texts['value']>): Meaning<TextTerm<F>> =>
  text(field, { value, operations: CHOSEN });

/** As a pattern's author means it: anywhere in the name. One that would take for ever ends with a refusal. */
function namesFitting({ name, values }: Filter, known: readonly string[]): readonly string[] {
  const budget = { ...newBudget(), steps: STEPS_MAX - REGEX_STEPS };
  const pattern = values[0] ?? '';
  try {
    const regex = parseRegex(pattern);
    return known.filter((each) => find(regex, each, 0, budget) !== undefined);
  } catch (error) {
    throw refused(name, 'a regular expression that ends', `${pattern} (${(error as Error).message})`);
  }
}

const INSTANTS: Readonly<Partial<Record<Operation, NumberComparison>>> = {
  EQUALS: 'equal',
  NOT_EQUALS: 'equal',
  GREATER_THAN: 'above',
  GREATER_THAN_OR_EQUAL_TO: 'atLeast',
  LESS_THAN: 'under',
  LESS_THAN_OR_EQUAL_TO: 'atMost',
};

export const instant =
  <F extends string>(field: F): Meaning<NumberTerm<F>> =>
  (filter) => {
    const is = INSTANTS[filter.operation];
    if (!is) unsupported(filter, Object.keys(INSTANTS) as Operation[]);
    return anyOf(filter.values, NEGATED.has(filter.operation), (each) => ({
      field,
      is,
      value: msIn(filter.name, each),
    }));
  };

/** How far back from now. */
export const since =
  <F extends string>(field: F, nowMs: number): Meaning<NumberTerm<F>> =>
  (filter) => {
    if (filter.operation !== 'EQUALS') unsupported(filter, ['EQUALS']);
    const given = filter.values[0] ?? '';
    const ms = durationMs(given);
    if (ms === undefined || ms < 0) throw refused(filter.name, 'a duration such as PT24H', given);
    return { field, is: 'atLeast', value: nowMs - ms };
  };

/** `[key]=value`, or `key:value`, several of which must all be there. */
export const labels: Meaning<LabelTerm> = (filter) => {
  const { operation, key, values, name } = filter;
  const taken: readonly Operation[] = [...CHOSEN, 'CONTAINS'];
  if (!taken.includes(operation)) unsupported(filter, taken);
  const pair = (each: string): LabelTerm => {
    if (key !== undefined) return { label: key, value: each };
    const colon = each.indexOf(':');
    if (colon < 0) throw refused(name, 'key:value', each);
    return { label: each.slice(0, colon), value: each.slice(colon + 1) };
  };
  if (key !== undefined || operation === 'IN' || NEGATED.has(operation))
    return anyOf(values, NEGATED.has(operation), pair);
  return { all: values.map(pair) };
};

/** Of the system, or of its users; both are all. */
export const scope: Meaning<TextTerm<'namespace'>> = (filter) => {
  const { operation, values, name } = filter;
  if (!CHOSEN.includes(operation)) unsupported(filter, CHOSEN);
  const asked = new Set(values.flatMap((each) => each.split(',')).map((each) => oneOf(each, ['USER', 'SYSTEM'], name)));
  const system: TextTerm<'namespace'> = { field: 'namespace', is: 'equal', value: SYSTEM_NAMESPACE };
  const inScope: Where<TextTerm<'namespace'>> = {
    any: [...asked].map((each) => (each === 'SYSTEM' ? system : { not: system })),
  };
  return NEGATED.has(operation) ? { not: inScope } : inScope;
};

/** A text that may stand anywhere; `*` is any. */
export const anywhere: Meaning<{ readonly anywhere: string }> = (filter) => {
  const taken: readonly Operation[] = ['EQUALS', 'NOT_EQUALS', 'CONTAINS'];
  if (!taken.includes(filter.operation)) unsupported(filter, taken);
  return anyOf(filter.values, NEGATED.has(filter.operation), (each) =>
    each === '' || each === '*' ? { all: [] } : { anywhere: each },
  );
};

export function oneOf<T extends string>(value: string, known: readonly T[], name: string): T {
  const found = known.find((each) => each === value.toUpperCase());
  if (found === undefined) throw refused(name, `one of ${known.join(', ')}`, value);
  return found;
}

export const knownState = (value: string, name: string): string => {
  if (!Object.hasOwn(NEXT_STATES, value)) throw refused(name, `one of ${Object.keys(NEXT_STATES).join(', ')}`, value);
  return value;
};

/** `EQUALS` is the lowest level, as clients mean it. */
export const leastLevel: Meaning<TextTerm<'level'>> = (filter) => {
  const taken: readonly Operation[] = [...CHOSEN, 'GREATER_THAN_OR_EQUAL_TO'];
  if (!taken.includes(filter.operation)) unsupported(filter, taken);
  const { operation, values, name } = filter;
  const term = (value: string): TextTerm<'level'> => ({ field: 'level', is: 'equal', value });
  if (operation !== 'EQUALS' && operation !== 'GREATER_THAN_OR_EQUAL_TO')
    return anyOf(values, NEGATED.has(operation), (each) => term(oneOf(each, LEVELS, name)));
  const least = LEVELS.indexOf(oneOf(values[0] ?? '', LEVELS, name));
  return { any: LEVELS.slice(least).map(term) };
};
