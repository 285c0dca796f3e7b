/** The keywords of JSON Schema 2020-12: what each asks of a value. One that is about another type of value asks nothing. */
import { excerpt } from '../problems.ts';

export interface Trial {
  readonly path: string;
  /** The schema around the keyword. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly report: (message: string) => void;
  /** Judges a value inside by a schema inside; its faults are this one's. */
  readonly inside: (schema: unknown, value: unknown, path: string) => void;
  /** Whether it would fit, without a word. */
  readonly holds: (schema: unknown, value?: unknown) => boolean;
  /** Whether a regular expression is found in a text. */
  readonly matches: (pattern: string, text: string) => boolean;
}

export type KeywordCheck = (value: unknown, operand: unknown, trial: Trial) => void;

interface Keyword {
  readonly check?: KeywordCheck;
  /** Where schemas stand in its operand. */
  readonly holds?: 'one' | 'list' | 'map';
}

/** They describe, and ask nothing. */
export const SILENT: ReadonlySet<string> = new Set([
  ...[
    '$schema',
    '$id',
    '$comment',
    '$defs',
    'definitions',
    'title',
    'description',
    'default',
    'examples',
    'deprecated',
  ],
  ...['readOnly', 'writeOnly', 'format', 'contentMediaType', 'contentEncoding'],
]);

type Json = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (operand: unknown): readonly unknown[] => (Array.isArray(operand) ? operand : []);
const mapOf = (operand: unknown): Json => (isMap(operand) ? operand : {});
const inMap = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
  object: isMap,
  string: (value) => typeof value === 'string',
};

/** Keys in order, so that equal values are equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

const lengthOf = (text: string): number => [...text].length;

const ofNumber = (expected: string, fits: (value: number, bound: number) => boolean): Keyword => ({
  check: (value, bound, { report }) => {
    if (typeof value === 'number' && !fits(value, Number(bound))) report(`expected ${expected} ${bound}, got ${value}`);
  },
});

/** Bounds of how long, how many, how wide. */
const ofSize = (most: boolean, what: string, size: (value: unknown) => number | undefined): Keyword => ({
  check: (value, bound, { report }) => {
    const found = size(value);
    if (found === undefined || (most ? found <= Number(bound) : found >= Number(bound))) return;
    report(`expected ${most ? 'at most' : 'at least'} ${bound} ${what}, got ${found}`);
  },
});
const characters = (value: unknown): number | undefined => (typeof value === 'string' ? lengthOf(value) : undefined);
const items = (value: unknown): number | undefined => (Array.isArray(value) ? value.length : undefined);
const properties = (value: unknown): number | undefined => (isMap(value) ? Object.keys(value).length : undefined);

/** Those of a map's properties that neither `properties` nor `patternProperties` name. */
const others = (value: Json, { schema, matches }: Trial): readonly string[] =>
  Object.keys(value).filter(
    (name) =>
      !Object.hasOwn(mapOf(schema.properties), name) &&
      !Object.keys(mapOf(schema.patternProperties)).some((pattern) => matches(pattern, name)),
  );

const required: KeywordCheck = (value, names, { report }) => {
  if (!isMap(value)) return;
  for (const name of listOf(names))
    if (!Object.hasOwn(value, String(name))) report(`expected a property ${String(name)}, got none`);
};

export const KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: {
    check: (value, types, { report }) => {
      const names = (Array.isArray(types) ? types : [types]).map(String);
      if (!names.some((name) => Object.hasOwn(TYPES, name) && TYPES[name]!(value)))
        report(`expected ${names.join(' or ')}, got ${excerpt(value)}`);
    },
  },
  const: {
    check: (value, wanted, { report }) => {
      if (canonical(value) !== canonical(wanted)) report(`expected ${excerpt(wanted)}, got ${excerpt(value)}`);
    },
  },
  enum: {
    check: (value, wanted, { report }) => {
      if (!listOf(wanted).some((each) => canonical(each) === canonical(value)))
        report(`expected one of ${excerpt(wanted)}, got ${excerpt(value)}`);
    },
  },
  multipleOf: ofNumber('a multiple of', (value, bound) => Number.isInteger(Number((value / bound).toFixed(9)))),
  maximum: ofNumber('at most', (value, bound) => value <= bound),
  exclusiveMaximum: ofNumber('less than', (value, bound) => value < bound),
  minimum: ofNumber('at least', (value, bound) => value >= bound),
  exclusiveMinimum: ofNumber('more than', (value, bound) => value > bound),
  maxLength: ofSize(true, 'characters', characters),
  minLength: ofSize(false, 'characters', characters),
  maxItems: ofSize(true, 'items', items),
  minItems: ofSize(false, 'items', items),
  maxProperties: ofSize(true, 'properties', properties),
  minProperties: ofSize(false, 'properties', properties),
  pattern: {
    check: (value, pattern, { report, matches }) => {
      if (typeof value === 'string' && !matches(String(pattern), value))
        report(`expected a text that matches ${String(pattern)}, got ${excerpt(value)}`);
    },
  },
  uniqueItems: {
    check: (value, unique, { report }) => {
      if (unique === true && Array.isArray(value) && new Set(value.map(canonical)).size < value.length)
        report('expected each item once, got one again');
    },
  },
  prefixItems: {
    holds: 'list',
    check: (value, schemas, { path, inside }) => {
      if (!Array.isArray(value)) return;
      for (const [n, schema] of listOf(schemas).slice(0, value.length).entries())
        inside(schema, value[n], `${path}[${n}]`);
    },
  },
  items: {
    holds: 'one',
    check: (value, schema, { path, inside, schema: around }) => {
      if (!Array.isArray(value)) return;
      for (let n = listOf(around.prefixItems).length; n < value.length; n++) inside(schema, value[n], `${path}[${n}]`);
    },
  },
  contains: {
    holds: 'one',
    check: (value, schema, { report, holds, schema: { minContains = 1, maxContains = Number.POSITIVE_INFINITY } }) => {
      if (!Array.isArray(value)) return;
      const count = value.filter((item) => holds(schema, item)).length;
      if (count < Number(minContains)) report(`expected at least ${minContains} fitting items, got ${count}`);
      if (count > Number(maxContains)) report(`expected at most ${maxContains} fitting items, got ${count}`);
    },
  },
  minContains: {},
  maxContains: {},
  required: { check: required },
  dependentRequired: {
    check: (value, needs, trial) => {
      for (const [name, names] of Object.entries(mapOf(needs)))
        if (isMap(value) && Object.hasOwn(value, name)) required(value, names, trial);
    },
  },
  dependentSchemas: {
    holds: 'map',
    check: (value, schemas, { path, inside }) => {
      for (const [name, schema] of Object.entries(mapOf(schemas)))
        if (isMap(value) && Object.hasOwn(value, name)) inside(schema, value, path);
    },
  },
  properties: {
    holds: 'map',
    check: (value, schemas, { path, inside }) => {
      if (!isMap(value)) return;
      for (const [name, schema] of Object.entries(mapOf(schemas)))
        if (Object.hasOwn(value, name)) inside(schema, value[name], inMap(path, name));
    },
  },
  patternProperties: {
    holds: 'map',
    check: (value, schemas, { path, inside, matches }) => {
      if (!isMap(value)) return;
      for (const [pattern, schema] of Object.entries(mapOf(schemas)))
        for (const name of Object.keys(value))
          if (matches(pattern, name)) inside(schema, value[name], inMap(path, name));
    },
  },
  additionalProperties: {
    holds: 'one',
    check: (value, schema, trial) => {
      if (!isMap(value)) return;
      for (const name of others(value, trial))
        if (schema === false) trial.report(`expected no property ${name}, got one`);
        else trial.inside(schema, value[name], inMap(trial.path, name));
    },
  },
  propertyNames: {
    holds: 'one',
    check: (value, schema, { path, inside }) => {
      if (isMap(value)) for (const name of Object.keys(value)) inside(schema, name, inMap(path, name));
    },
  },
  allOf: {
    holds: 'list',
    check: (value, schemas, { path, inside }) => {
      for (const schema of listOf(schemas)) inside(schema, value, path);
    },
  },
  anyOf: {
    holds: 'list',
    check: (value, schemas, { report, holds }) => {
      if (!listOf(schemas).some((schema) => holds(schema)))
        report(`expected what one of ${listOf(schemas).length} schemas allows, got ${excerpt(value)}`);
    },
  },
  oneOf: {
    holds: 'list',
    check: (value, schemas, { report, holds }) => {
      const count = listOf(schemas).filter((schema) => holds(schema)).length;
      if (count !== 1)
        report(
          `expected what just one of ${listOf(schemas).length} schemas allows, got what ${count} do: ${excerpt(value)}`,
        );
    },
  },
  not: {
    holds: 'one',
    check: (value, schema, { report, holds }) => {
      if (holds(schema)) report(`expected what \`not\` does not allow, got ${excerpt(value)}`);
    },
  },
  if: {
    holds: 'one',
    check: (value, schema, { path, inside, holds, schema: { then: yes, else: no } }) => {
      const branch = holds(schema) ? yes : no;
      if (branch !== undefined) inside(branch, value, path);
    },
  },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema is called so
  then: { holds: 'one' },
  else: { holds: 'one' },
};
