/**
 * JSON Schema (draft 7, which editors read) of whole flows and of their parts, put together from the catalogue: each type is a
 * definition, told by its `type`.
 */

import type { Catalogue, TaskList, TypeEntry } from '../model/catalogue.ts';
import { VALUE_TYPES } from './cast.ts';
import { itemTypes } from './input/items.ts';
import { INPUT_KINDS } from './input/table.ts';
import {
  DURATION,
  FLOW,
  INPUT_PROPERTIES,
  INPUT_REF,
  NUMBER,
  PARTS,
  type Schema,
  TASK_PROPERTIES,
  TASK_REF,
  TASKS,
  TRIGGER_PROPERTIES,
} from './language.ts';

const DRAFT = 'http://json-schema.org/draft-07/schema#';
/** Any text may be a template of what is wanted. */
const TEMPLATE: Schema = { type: 'string', pattern: '\\{[{%]' };

/** Texts that are read as values of other types. */
const TEXTS: Readonly<Record<string, string>> = {
  boolean: '^\\s*(true|false)\\s*$',
  number: NUMBER,
  integer: NUMBER,
  array: '^\\s*\\[',
  object: '^\\s*\\{',
};

export const SCHEMA_KINDS = ['flow', 'task', 'trigger', 'plugindefault'] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

type Properties = Readonly<Record<string, Schema>>;

/** Of a type's own properties, its lists of tasks among them; templates are taken wherever they are rendered. */
export function ownProperties(entry: TypeEntry): Properties {
  const { properties = {} } = entry.schema as { readonly properties?: Properties };
  const own = Object.entries(properties).map(([name, schema]) => [name, withTemplates(schema)] as const);
  const inputs = entry.inputs === undefined ? [] : [[entry.inputs, { type: 'array', items: INPUT_REF }] as const];
  return Object.fromEntries([...own, ...inputs, ...entry.lists.map((list) => [list.name, listSchema(list)] as const)]);
}

function listSchema({ shape, needed }: TaskList): Schema {
  const tasks: Schema = needed ? TASKS : { type: 'array', items: TASK_REF };
  switch (shape) {
    case 'list':
      return tasks;
    case 'one':
      return TASK_REF;
    case 'map':
      return { type: 'object', additionalProperties: tasks };
    case 'dag': {
      const properties = { task: TASK_REF, dependsOn: { type: 'array', items: { type: 'string' } } };
      return { ...tasks, items: { type: 'object', properties, required: ['task'], additionalProperties: false } };
    }
  }
}

/** As it is read before it is judged: what stands for texts, and what texts stand for (lib/plugin/coerce.ts). */
function withTemplates(schema: Schema): Schema {
  const inner = insideWithTemplates(schema);
  if (inner.type === undefined && isPlain(inner) && inner.anyOf === undefined) return inner;
  if (inner.format === 'duration') {
    const { format: _, ...rest } = inner;
    return { ...rest, pattern: schema.dynamic === false ? DURATION : `${DURATION}|${TEMPLATE.pattern}` };
  }
  if (isText(inner)) return widened(inner);
  const { description, default: absent, ...rest } = inner;
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(absent === undefined ? {} : { default: absent }),
  };
  const written =
    Array.isArray(rest.anyOf) && Object.keys(rest).length === 1 ? (rest.anyOf as readonly Schema[]) : [rest];
  if (written.some(isText)) return { ...about, anyOf: written.map((each) => (isText(each) ? widened(each) : each)) };
  const patterns = new Set(written.flatMap(({ type }) => [type].flat()).flatMap((type) => TEXTS[String(type)] ?? []));
  const texts = [...patterns].map((pattern) => ({ type: 'string', pattern }));
  const templates = schema.dynamic === false ? [] : [TEMPLATE];
  return { ...about, anyOf: [...written, ...templates, ...texts] };
}

const isPlain = (schema: Schema): boolean =>
  schema.enum === undefined && schema.format === undefined && schema.const === undefined;
const isText = (schema: Schema): boolean => [schema.type].flat().includes('string') && isPlain(schema);
const widened = (schema: Schema): Schema => ({
  ...schema,
  type: [...new Set([schema.type, 'number', 'boolean'].flat())],
});

function insideWithTemplates(schema: Schema): Schema {
  const { properties, items, additionalProperties, propertyNames: _, ...rest } = schema;
  return {
    ...rest,
    ...(isSchema(properties) ? { properties: mapped(properties as Properties) } : {}),
    ...(isSchema(items) ? { items: withTemplates(items) } : {}),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties: isSchema(additionalProperties)
            ? withTemplates(additionalProperties)
            : additionalProperties,
        }),
    ...(Array.isArray(schema.anyOf) ? { anyOf: schema.anyOf.map((each: Schema) => insideWithTemplates(each)) } : {}),
  };
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mapped = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, withTemplates(schema)]));

/** Those that every thing of its kind has. */
export function commonProperties(kind: TypeEntry['kind']): Properties {
  switch (kind) {
    case 'runnable':
    case 'flowable':
      return TASK_PROPERTIES;
    case 'trigger':
      return TRIGGER_PROPERTIES;
    case 'condition':
      return {};
  }
}

/** A whole thing of a type, as it stands in a flow. */
function definitionOf(entry: TypeEntry): Schema {
  const common = commonProperties(entry.kind);
  const { required = [] } = entry.schema as { readonly required?: readonly string[] };
  return {
    type: 'object',
    title: entry.title,
    ...(entry.deprecated === undefined ? {} : { deprecated: true }),
    properties: { ...common, type: { type: 'string', enum: [entry.type, ...entry.aliases] }, ...ownProperties(entry) },
    required: [...new Set([...('id' in common ? ['id'] : []), 'type', ...required, ...neededLists(entry)])],
    additionalProperties: false,
  };
}

const neededLists = ({ lists }: TypeEntry): readonly string[] =>
  lists.filter(({ needed }) => needed).map(({ name }) => name);

/** An input of a type. */
export const inputSchema = (type: string): Schema => ({
  type: 'object',
  title: `An input of the type ${type}`,
  properties: {
    ...INPUT_PROPERTIES,
    type: { type: 'string', enum: [type] },
    ...INPUT_KINDS[type]!.options,
  },
  required: ['type', ...(INPUT_KINDS[type]!.needs ?? [])],
  anyOf: [{ required: ['id'] }, { required: ['name'] }],
  additionalProperties: false,
});

function definitionsOf({ entries }: Catalogue): Readonly<Record<string, Schema>> {
  const oneOf = (kinds: readonly TypeEntry['kind'][]): Schema => ({
    type: 'object',
    anyOf: entries.filter(({ kind }) => kinds.includes(kind)).map(({ type }) => ({ $ref: `#/definitions/${type}` })),
  });
  const inputs = Object.keys(INPUT_KINDS).map((type) => [`Input.${type}`, inputSchema(type)] as const);
  return {
    ...PARTS,
    OutputType: { type: 'string', enum: VALUE_TYPES, description: 'As an input of that type' },
    ItemType: { type: 'string', enum: itemTypes(VALUE_TYPES), description: 'Of each item' },
    Task: oneOf(['runnable', 'flowable']),
    Trigger: oneOf(['trigger']),
    Condition: oneOf(['condition']),
    Input: { type: 'object', anyOf: inputs.map(([name]) => ({ $ref: `#/definitions/${name}` })) },
    ...Object.fromEntries(inputs),
    ...Object.fromEntries(entries.map((entry) => [entry.type, definitionOf(entry)])),
  };
}

/** Properties stand at the root too, where clients look for names. */
export function schemaOf(catalogue: Catalogue, kind: SchemaKind): Schema {
  const definitions = definitionsOf(catalogue);
  switch (kind) {
    case 'flow':
      return { $schema: DRAFT, ...FLOW, definitions };
    case 'task':
      return {
        $schema: DRAFT,
        ...definitions.Task,
        properties: { ...TASK_PROPERTIES, type: { type: 'string' } },
        definitions,
      };
    case 'trigger':
      return {
        $schema: DRAFT,
        ...definitions.Trigger,
        properties: { ...TRIGGER_PROPERTIES, type: { type: 'string' } },
        definitions,
      };
    case 'plugindefault':
      return { $schema: DRAFT, ...PARTS.PluginDefault, definitions };
  }
}

export const listSchemaOf = ({ $schema, definitions, ...items }: Schema): Schema => ({
  $schema,
  type: 'array',
  items,
  definitions,
});
