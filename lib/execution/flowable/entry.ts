/** The catalogue's entry of a flowable: its lists, and a check of its own properties by their JSON Schema. */
import { durationMs } from '../../flow/duration.ts';
import { holdsTemplate } from '../../flow/templates.ts';
import type { PropertyProblem, TaskList, TypeEntry } from '../../model/catalogue.ts';
import { nearest } from '../../nearest.ts';

/** As much of JSON Schema as flowables need. `format: 'duration'` is ISO-8601. */
export interface PropertySchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly enum?: readonly string[];
  readonly format?: 'duration';
  readonly properties?: Readonly<Record<string, PropertySchema>>;
}

interface Described extends Partial<Pick<TypeEntry, 'checkLists' | 'inputs' | 'deprecated'>> {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
  /** Besides `errors` and `finally`; absent: `tasks`, which must not be empty. */
  readonly lists?: readonly TaskList[];
}

const TASKS: readonly TaskList[] = [{ name: 'tasks', shape: 'list', needed: true, main: true }];
const ENDS: readonly TaskList[] = [
  { name: 'errors', shape: 'list' },
  { name: 'finally', shape: 'list' },
];

export function flowableEntry(described: Described): TypeEntry & { readonly kind: 'flowable' } {
  const {
    type,
    aliases = [],
    title,
    properties = {},
    required = [],
    lists = TASKS,
    checkLists,
    inputs,
    deprecated,
  } = described;
  return {
    type,
    aliases,
    kind: 'flowable',
    title,
    lists: [...lists, ...ENDS],
    properties: Object.keys(properties),
    schema: { type: 'object', properties, required },
    check: (given) => [
      ...problemsOf(type, '', given, properties),
      ...required.filter((name) => given[name] === undefined || given[name] === null).map(missing),
    ],
    ...(checkLists ? { checkLists } : {}),
    ...(inputs === undefined ? {} : { inputs }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

function problemsOf(
  type: string,
  at: string,
  given: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, PropertySchema>>,
): readonly PropertyProblem[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const schema = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!schema) return [unknown(type, at + name, name, Object.keys(known))];
    return valueProblems(type, at + name, value, schema);
  });
}

function valueProblems(type: string, path: string, value: unknown, schema: PropertySchema): readonly PropertyProblem[] {
  if (value === undefined || value === null) return [];
  if (schema.properties && typeof value === 'object' && !Array.isArray(value))
    return problemsOf(type, `${path}.`, value as Readonly<Record<string, unknown>>, schema.properties);
  if (holdsTemplate(value)) return [];
  const expected = expectedOf(value, schema);
  if (expected === undefined) return [];
  const hint = schema.enum && typeof value === 'string' ? nearest(value, schema.enum) : undefined;
  return [wrong(path, expected, value, hint)];
}

/** What was expected in place of a value; undefined where it fits. */
function expectedOf(value: unknown, { type, minimum, format, enum: values }: PropertySchema): string | undefined {
  if (values) return values.includes(String(value).toUpperCase()) ? undefined : `one of ${values.join(', ')}`;
  if (format === 'duration')
    return typeof value === 'string' && (durationMs(value) ?? -1) >= 0
      ? undefined
      : 'an ISO-8601 duration such as PT30S';
  const types = typeof type === 'string' ? [type] : (type ?? []);
  if (types.length === 0 || types.some((each) => isOf(each, value, minimum))) return undefined;
  return types
    .map((each) => (each === 'integer' ? `a whole number from ${minimum ?? 0}` : TYPE_NAMES[each]))
    .join(' or ');
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'a map',
  boolean: 'true or false',
};

/** Texts of numbers and booleans are taken as theirs. */
function isOf(type: string, value: unknown, minimum = Number.NEGATIVE_INFINITY): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'boolean':
      return value === true || value === false || value === 'true' || value === 'false';
    case 'integer': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return Number.isInteger(number) && (number as number) >= minimum;
    }
    default:
      return typeof value !== 'object';
  }
}

function wrong(path: string, expected: string, value: unknown, hint: string | undefined): PropertyProblem {
  const got = JSON.stringify(value) ?? typeof value;
  const message = `expected ${expected}, got ${got}${hint ? ` (did you mean ${hint}?)` : ''}`;
  return { severity: 'error', path, message, expected, got };
}

function unknown(type: string, path: string, name: string, known: readonly string[]): PropertyProblem {
  const hint = nearest(name, known);
  return {
    severity: 'error',
    path,
    message: `expected a property of ${type}, got ${name}${hint ? ` (did you mean ${hint}?)` : ''}`,
    kestra: `Unrecognized field "${name}" (class ${type}), not marked as ignorable`,
  };
}

const missing = (name: string): PropertyProblem => ({
  severity: 'error',
  path: name,
  message: 'expected a value, got nothing',
  kestra: `${name}: must not be null`,
});
