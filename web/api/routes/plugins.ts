/** The contract: what a flow may be made of: types with their schemas, documentation and icons; expressions. */
import { Documentation, Icon, page, Schema } from '../bodies.ts';
import type { Routes } from '../route.ts';
import { anything, flag, list, map, open, shape, text } from '../schema.ts';
import { file, json } from '../terms.ts';

const Type = shape({ cls: text, title: text, deprecated: flag });
const Types = list(Type);
const Plugin = shape({
  name: text,
  title: text,
  group: text,
  subGroup: text.optional(),
  version: text,
  license: text,
  ...{ tasks: Types, triggers: Types, conditions: Types, taskRunners: Types, storages: Types, secrets: Types },
  aliases: list(text),
  categories: list(text),
});
const Trigger = open({ type: text, name: text, group: text });
const InputType = shape({ type: text, cls: text });
const FunctionOfExpressions = shape({
  name: text,
  arguments: list(shape({ name: text, defaultValue: anything })),
});
const ALL = { all: flag.describe('With what every type of its kind has') };

export const PLUGIN_ROUTES = {
  listPlugins: {
    method: 'GET',
    path: '/plugins',
    access: 'read',
    summary: 'Plugins with their types',
    answer: json(list(Plugin)),
    example: {},
  },
  pluginSubgroups: {
    method: 'GET',
    path: '/plugins/groups/subgroups',
    access: 'read',
    summary: 'Plugins with their types, and each of their packages',
    answer: json(list(Plugin)),
    example: {},
  },
  pluginIcons: {
    method: 'GET',
    path: '/plugins/icons',
    access: 'read',
    summary: 'Icons by type',
    answer: json(map(Icon)),
    example: {},
  },
  pluginGroupIcons: {
    method: 'GET',
    path: '/plugins/icons/groups',
    access: 'read',
    summary: 'Icons by group',
    answer: json(map(Icon)),
    example: {},
  },
  pluginIcon: {
    method: 'GET',
    path: '/plugins/icons/:type',
    access: 'read',
    summary: 'The icon of a type',
    answer: json(Icon),
    example: {},
  },
  pluginIconImage: {
    method: 'GET',
    path: '/plugins/icons/:type/icon.svg',
    access: 'read',
    summary: 'The icon of a type, as an image',
    answer: file('image/svg+xml'),
    example: {},
  },
  inputTypes: {
    method: 'GET',
    path: '/plugins/inputs',
    access: 'read',
    summary: 'Types of inputs',
    answer: json(list(InputType)),
    example: {},
  },
  inputType: {
    method: 'GET',
    path: '/plugins/inputs/:type',
    access: 'read',
    summary: 'What an input of a type may have',
    answer: json(Documentation),
    example: { params: { type: 'STRING' } },
  },
  schemas: {
    method: 'GET',
    path: '/plugins/schemas/:kind',
    access: 'read',
    summary: 'The JSON Schema of flows, tasks, triggers or defaults of plugins, for editors',
    query: { arrayOf: flag.describe('Of a list of them') },
    answer: json(Schema),
    example: {},
  },
  schemaProperties: {
    method: 'GET',
    path: '/plugins/properties/:kind',
    access: 'read',
    summary: 'The properties of that schema',
    answer: json(Schema),
    example: {},
  },
  triggerPlugins: {
    method: 'GET',
    path: '/plugins/triggers',
    access: 'read',
    summary: 'Types of triggers',
    answer: json(page(Trigger)),
    example: {},
  },
  pluginVersions: {
    method: 'GET',
    path: '/plugins/:type/versions',
    access: 'read',
    summary: 'Versions of a type: the one that is installed',
    answer: json(shape({ type: text, versions: list(text) })),
    example: {},
  },
  pluginOfVersion: {
    method: 'GET',
    path: '/plugins/:type/versions/:version',
    access: 'read',
    summary: 'The documentation of a type in a version',
    query: ALL,
    answer: json(Documentation),
    example: {},
  },
  readPlugin: {
    method: 'GET',
    path: '/plugins/:type',
    access: 'read',
    summary: 'The documentation of a type: Markdown and JSON Schema',
    query: ALL,
    answer: json(Documentation),
    example: { query: { all: 'true' } },
  },

  expressionFilters: {
    method: 'GET',
    path: '/pebble/filters',
    access: 'read',
    summary: 'Filters of expressions',
    answer: json(list(text)),
    example: {},
  },
  expressionFunctions: {
    method: 'GET',
    path: '/pebble/functions',
    access: 'read',
    summary: 'Functions of expressions',
    answer: json(list(FunctionOfExpressions)),
    example: {},
  },
} as const satisfies Routes;
