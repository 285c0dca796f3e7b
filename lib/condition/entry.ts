/** The catalogue's entry of a condition: its names, and a check that it has the properties it needs and no others. */
import type { PropertyProblem } from '../model/catalogue.ts';
import { nearest } from '../nearest.ts';
import type { Condition, Properties } from './condition.ts';

interface Described {
  /** Below `io.kestra.plugin.core.condition.`; the older names end in `Condition`. */
  readonly name: string;
  /** Where the older name is not the name with `Condition` behind it. */
  readonly older?: string;
  readonly title: string;
  readonly properties: readonly string[];
  readonly required?: readonly string[];
  readonly holds: Condition['holds'];
}

const NOW = 'io.kestra.plugin.core.condition.';
const THEN = 'io.kestra.core.models.conditions.types.';

export function condition({
  name,
  older = `${name}Condition`,
  title,
  properties,
  required = [],
  holds,
}: Described): Condition {
  const type = NOW + name;
  return {
    type,
    aliases: [NOW + older, THEN + older].filter((alias) => alias !== type),
    kind: 'condition',
    title,
    lists: [],
    properties,
    schema: { type: 'object', properties: Object.fromEntries(properties.map((each) => [each, {}])), required },
    check: (given) => [
      ...Object.keys(given).flatMap((each) => (properties.includes(each) ? [] : [unknown(type, each, properties)])),
      ...required.filter((each) => given[each] === undefined || given[each] === null).map(missing),
    ],
    holds,
  };
}

function unknown(type: string, name: string, known: readonly string[]): PropertyProblem {
  const hint = nearest(name, known);
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

/** A property that may be one text or several. */
export const textsOf = (value: unknown): readonly string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String);

/** A property that is a text, rendered. */
export const textOf = (properties: Properties, name: string, render: (text: string) => string): string | undefined =>
  properties[name] === undefined || properties[name] === null ? undefined : render(String(properties[name]));
