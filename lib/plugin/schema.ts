/**
 * What a task's zod schema means to the outside: JSON Schema for editors, problems with paths for people. Values that hold
 * a template are judged when they are rendered, not before.
 */
import { z } from 'zod';
import type { AnyTask } from '../../plugins/sdk/index.ts';
import { isTemplate } from '../expression/render.ts';
import type { PropertyProblem } from '../model/catalogue.ts';
import { nearest } from '../nearest.ts';
import { coerceProperties, type JsonSchema } from './coerce.ts';

const GOT_CHARS_MAX = 80;

type Properties = Readonly<Record<string, unknown>>;

const schemas = new WeakMap<AnyTask, JsonSchema & Readonly<Record<string, unknown>>>();
const coercers = new WeakMap<AnyTask, (properties: Properties) => Properties>();

export function jsonSchemaOf(task: AnyTask): JsonSchema & Readonly<Record<string, unknown>> {
  let schema = schemas.get(task);
  if (!schema) {
    schema = z.toJSONSchema(task.properties as z.ZodType, { io: 'input', unrepresentable: 'any' }) as JsonSchema &
      Record<string, unknown>;
    schemas.set(task, schema);
  }
  return schema;
}

/** Undefined where the task gives nothing. */
export function outputsSchemaOf({ outputs }: AnyTask): Readonly<Record<string, unknown>> | undefined {
  if (!outputs) return undefined;
  const { $schema: _, ...schema } = z.toJSONSchema(outputs as z.ZodType, { io: 'output', unrepresentable: 'any' });
  return schema;
}

export function coerceOf(task: AnyTask): (properties: Properties) => Properties {
  const known = coercers.get(task);
  if (known) return known;
  const coerce = coerceProperties(jsonSchemaOf(task));
  coercers.set(task, coerce);
  return coerce;
}

/** Problems of properties as written. */
export function problemsOf(task: AnyTask, properties: Properties): readonly PropertyProblem[] {
  const parsed = (task.properties as z.ZodType).safeParse(coerceOf(task)(properties));
  if (parsed.success) return [];
  return parsed.error.issues
    .filter((issue) => !holdsTemplate(valueAt(properties, issue.path)) || issue.code === 'unrecognized_keys')
    .flatMap((issue) => problemsOfIssue(task, issue, properties));
}

/** One issue as problems: one for each key that is not known. */
export function problemsOfIssue(
  task: AnyTask,
  issue: z.core.$ZodIssue,
  properties: Properties,
): readonly PropertyProblem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(task, [...issue.path, key], keysAt(jsonSchemaOf(task), issue.path)));
  const value = valueAt(properties, issue.path);
  const got = excerpt(value);
  const expected = expectedBy(issue);
  const missing = value === undefined || value === null;
  const hint = issue.code === 'invalid_value' && typeof value === 'string' && nearest(value, issue.values.map(String));
  const meant = hint ? ` (did you mean ${hint}?)` : '';
  return [
    {
      severity: 'error',
      path: pathText(issue.path),
      message: issue.code === 'custom' ? `${issue.message}, got ${got}` : `expected ${expected}, got ${got}${meant}`,
      expected,
      got,
      ...(missing ? { kestra: 'must not be null' } : {}),
    },
  ];
}

function unknownKey(task: AnyTask, path: readonly PropertyKey[], known: readonly string[]): PropertyProblem {
  const key = String(path.at(-1));
  const hint = nearest(key, known);
  return {
    severity: 'error',
    path: pathText(path),
    message: `expected a property of ${task.type}, got ${key}${hint ? ` (did you mean ${hint}?)` : ''}`,
    expected: known.join(', '),
    got: key,
    kestra: `Unrecognized field "${key}" (class ${task.type}), not marked as ignorable`,
  };
}

function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return nameOf(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' items' : ''}`;
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' items' : ''}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern ? `a text like ${issue.pattern}` : `a text of the format ${issue.format}`;
    case 'invalid_union':
      return (
        [
          ...new Set(issue.errors.flatMap((errors) => errors.filter(({ path }) => path.length === 0).map(expectedBy))),
        ].join(' or ') || 'another value'
      );
    case 'custom':
      return issue.message;
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
      return 'another value';
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  record: 'a map',
  object: 'a map',
};
const nameOf = (type: string): string => NAMES[type] ?? type;

export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text ? '.' : ''}${String(part)}`;
  return text;
}

function valueAt(properties: Properties, path: readonly PropertyKey[]): unknown {
  let value: unknown = properties;
  for (const part of path) {
    // A text on the way may be a template of what the path goes on in.
    if (typeof value !== 'object' || value === null) return value;
    value = Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }
  return value;
}

function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  let at: JsonSchema | undefined = schema;
  for (const part of path) {
    const parts: readonly JsonSchema[] = at?.anyOf ?? (at ? [at] : []);
    const next: JsonSchema | boolean | undefined = parts
      .map((each) =>
        typeof part === 'number' ? each.items : (each.properties?.[String(part)] ?? each.additionalProperties),
      )
      .find((each) => typeof each === 'object');
    at = typeof next === 'object' ? next : undefined;
  }
  return Object.keys(at?.properties ?? {});
}

function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return isTemplate(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate);
}

function excerpt(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= GOT_CHARS_MAX ? text : `${text.slice(0, GOT_CHARS_MAX)}…`;
}
