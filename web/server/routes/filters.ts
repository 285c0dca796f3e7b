/**
 * Filters in an address's query, as Kestra's clients write them since 1.0: `filters[field][OPERATION]=value`, for labels
 * `filters[labels][EQUALS][key]=value`, and groups of them, `filters[or][0][state][EQUALS]=…`. What stands in one place of a
 * group must all fit.
 */
import { refused } from './query.ts';

export const OPERATIONS = [
  'EQUALS',
  'NOT_EQUALS',
  'GREATER_THAN',
  'LESS_THAN',
  'GREATER_THAN_OR_EQUAL_TO',
  'LESS_THAN_OR_EQUAL_TO',
  'IN',
  'NOT_IN',
  'STARTS_WITH',
  'ENDS_WITH',
  'CONTAINS',
  'REGEX',
  'PREFIX',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Filter {
  /** As it stands in the query: refusals name it. */
  readonly name: string;
  /** In small letters without `_`: clients spell `flowId` and `FLOW_ID`. */
  readonly field: string;
  readonly operation: Operation;
  /** Of a label. */
  readonly key?: string;
  readonly values: readonly string[];
}

export type Filters = { readonly all: readonly Filters[] } | { readonly any: readonly Filters[] } | Filter;

const FILTERS_MAX = 100;
const DEPTH_MAX = 5;
const NAME = /^filters((?:\[[^\]]*\])+)$/;
const LISTED: ReadonlySet<Operation> = new Set(['IN', 'NOT_IN']);

/** A group while it is read: what stands in its places, by their numbers. */
interface Group {
  readonly leaves: Filter[];
  readonly groups: Map<'and' | 'or', Map<string, Group>>;
}

const newGroup = (): Group => ({ leaves: [], groups: new Map() });

export interface Strictness {
  /** For what is done to all that a query finds: what cannot be read is refused, since it must not be done to everything. */
  readonly strict?: boolean;
  /** Filters that came in a body, as objects of `field`, `operation` and `value`. */
  readonly written?: unknown;
}

/** Throws `request.parameter`. */
export function filtersIn(query: URLSearchParams, { strict = false, written }: Strictness = {}): Filters {
  const root = newGroup();
  root.leaves.push(...plainFilters(query, strict), ...writtenFilters(written));
  let count = root.leaves.length;
  for (const name of new Set(query.keys())) {
    const path = NAME.exec(name)?.[1];
    if (path === undefined) continue;
    if (++count > FILTERS_MAX) throw refused(name, `at most ${FILTERS_MAX} filters`, 'more');
    const parts = [...path.matchAll(/\[([^\]]*)\]/g)].map(([, part]) => part!);
    const { group, rest } = descend(root, parts, name);
    group.leaves.push(leafOf(name, rest, query.getAll(name)));
  }
  return joined(root);
}

/** Older clients write objects one behind the other, parted by commas: `filters={"field":"NAMESPACE",…}`. */
function plainFilters(query: URLSearchParams, strict: boolean): readonly Filter[] {
  const text = query.get('filters') ?? '';
  if (text === '') return [];
  let written: unknown;
  try {
    written = JSON.parse(text.startsWith('[') ? text : `[${text}]`);
  } catch {
    if (strict) throw refused('filters', 'filters[field][OPERATION]=value', text);
    return []; // It means nothing to Kestra either.
  }
  return writtenFilters(written);
}

function writtenFilters(list: unknown): readonly Filter[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || list.length > FILTERS_MAX)
    throw refused('filters', `a list of at most ${FILTERS_MAX} filters`, JSON.stringify(list));
  return list.flatMap((each: unknown) => {
    const { field, operation, value } = (each ?? {}) as Readonly<Record<string, unknown>>;
    const parts = [String(field), String(operation)];
    if (typeof value !== 'object' || value === null) return [leafOf('filters', parts, [String(value ?? '')])];
    if (Array.isArray(value)) return [leafOf('filters', parts, value.map(String))];
    return Object.entries(value).map(([key, one]) => leafOf('filters', [...parts, key], [String(one)]));
  });
}

function descend(
  root: Group,
  parts: readonly string[],
  name: string,
): { readonly group: Group; readonly rest: readonly string[] } {
  let group = root;
  let n = 0;
  for (; parts[n] === 'and' || parts[n] === 'or'; n += 2) {
    const [logical, place = ''] = [parts[n] as 'and' | 'or', parts[n + 1]];
    if (!/^\d{1,4}$/.test(place)) throw refused(name, `a number behind [${logical}]`, place);
    if (n / 2 >= DEPTH_MAX) throw refused(name, `groups of at most ${DEPTH_MAX} levels`, 'more');
    const places = group.groups.get(logical) ?? new Map<string, Group>();
    group.groups.set(logical, places);
    const next = places.get(place) ?? newGroup();
    places.set(place, next);
    group = next;
  }
  return { group, rest: parts.slice(n) };
}

function leafOf(name: string, parts: readonly string[], given: readonly string[]): Filter {
  const [field = '', operation = '', key] = parts;
  const known = OPERATIONS.find((each) => each === operation.toUpperCase());
  if (parts.length < 2 || parts.length > 3 || !known)
    throw refused(
      name,
      `filters[field][OPERATION], with one of ${OPERATIONS.join(', ')}`,
      parts.map((part) => `[${part}]`).join(''),
    );
  const values = LISTED.has(known) ? given.flatMap((each) => each.replace(/^\[(.*)\]$/s, '$1').split(',')) : given;
  return {
    name,
    field: field.toLowerCase().replaceAll('_', ''),
    operation: known,
    ...(key === undefined ? {} : { key }),
    values,
  };
}

function joined({ leaves, groups }: Group): Filters {
  const parts: Filters[] = [...leaves];
  for (const [logical, places] of groups) {
    const inside = [...places.values()].map(joined);
    parts.push(logical === 'and' ? { all: inside } : { any: inside });
  }
  return parts.length === 1 ? parts[0]! : { all: parts };
}

/** All filters of a tree. */
export function leavesOf(filters: Filters): readonly Filter[] {
  if ('all' in filters) return filters.all.flatMap(leavesOf);
  return 'any' in filters ? filters.any.flatMap(leavesOf) : [filters];
}
