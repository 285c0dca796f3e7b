/** The catalogue's entry of a flowable: the lists that all flowables have, and a check of their own properties. */
import type { PropertyProblem, TypeEntry } from '../../model/catalogue.ts';
import { nearest } from '../../nearest.ts';

interface PropertySchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
}

interface Described {
  readonly type: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

export const LISTS: readonly string[] = ['tasks', 'errors', 'finally'];

export function flowableEntry({
  type,
  aliases,
  title,
  properties,
  required = [],
}: Described): TypeEntry & { readonly kind: 'flowable' } {
  return {
    type,
    aliases,
    kind: 'flowable',
    title,
    lists: LISTS,
    properties: Object.keys(properties),
    schema: { type: 'object', properties, required },
    check: (given) => [
      ...Object.keys(given).flatMap((name) =>
        properties[name] ? valueProblems(name, given[name], properties[name]) : [unknown(type, name, properties)],
      ),
      ...required.filter((name) => given[name] === undefined || given[name] === null).map((name) => missing(name)),
    ],
  };
}

function unknown(type: string, name: string, properties: Readonly<Record<string, unknown>>): PropertyProblem {
  const hint = nearest(name, Object.keys(properties));
  return {
    severity: 'error',
    path: name,
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

function valueProblems(name: string, value: unknown, { type, minimum }: PropertySchema): readonly PropertyProblem[] {
  if (type === 'integer') {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (Number.isInteger(number) && (number as number) >= (minimum ?? Number.NEGATIVE_INFINITY)) return [];
    return [
      {
        severity: 'error',
        path: name,
        message: `expected a whole number from ${minimum ?? 0}, got ${JSON.stringify(value)}`,
        expected: 'integer',
        got: JSON.stringify(value),
      },
    ];
  }
  return [];
}
