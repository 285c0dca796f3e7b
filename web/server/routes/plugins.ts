/** Types that flows are made of: listed, documented, with schemas and icons; filters and functions of expressions. */
import { Fault } from '../../../lib/errors.ts';
import { FILTERS } from '../../../lib/expression/filters/table.ts';
import { FUNCTIONS } from '../../../lib/expression/functions/table.ts';
import { INPUT_KINDS } from '../../../lib/flow/input/table.ts';
import type { Schema } from '../../../lib/flow/language.ts';
import { listSchemaOf, SCHEMA_KINDS, type SchemaKind, schemaOf } from '../../../lib/flow/schema.ts';
import type { TypeEntry } from '../../../lib/model/catalogue.ts';
import { nearest } from '../../../lib/nearest.ts';
import type { PluginSet } from '../../../lib/plugin/load.ts';
import {
  documentationBody,
  groupIconsOf,
  iconBody,
  iconOf,
  iconsOf,
  inputDocumentationBody,
  inputTypeBody,
  pluginRows,
  simpleName,
} from '../views/plugins.ts';
import { flagOf, refused } from './query.ts';
import type { Asked, Handlers } from './register.ts';

/** Types change only with the server: clients ask anew when its `pluginsHash` does. */
const CACHED = 'private, max-age=3600';

export function pluginHandlers(plugins: PluginSet, version: string) {
  const { catalogue } = plugins;
  const kept = new Map<SchemaKind, Schema>();
  const schemaFor = ({ params: { kind = '' } }: Asked): Schema => {
    const asked = SCHEMA_KINDS.find((each) => each === kind.toLowerCase());
    if (!asked) throw refused('type', `one of ${SCHEMA_KINDS.join(', ')}`, kind);
    const schema = kept.get(asked) ?? schemaOf(catalogue, asked);
    kept.set(asked, schema);
    return schema;
  };
  const send = (asked: Asked, body: unknown): void => {
    asked.context.set('cache-control', CACHED);
    asked.json(body);
  };
  const entryIn = ({ params: { type = '' } }: Asked): TypeEntry => {
    const entry = catalogue.find(type);
    if (entry) return entry;
    const hint = nearest(
      type,
      catalogue.entries.map((each) => each.type),
    );
    throw new Fault('request.unknown', `expected a type, got ${type}${hint ? ` (did you mean ${hint}?)` : ''}`);
  };
  const document = (asked: Asked): void =>
    send(asked, documentationBody(plugins, entryIn(asked), flagOf(asked.query, 'all')));
  return {
    listPlugins: (asked) => asked.json(pluginRows(plugins, version)),
    pluginSubgroups: (asked) => asked.json(pluginRows(plugins, version, true)),
    pluginIcons: (asked) => send(asked, iconsOf(catalogue)),
    pluginGroupIcons: (asked) => send(asked, groupIconsOf(catalogue)),
    pluginIcon: (asked) => send(asked, iconBody(entryIn(asked))),
    pluginIconImage: (asked) => {
      asked.context.set('cache-control', CACHED);
      asked.context.type = 'image/svg+xml';
      asked.context.body = iconOf(entryIn(asked));
    },
    inputTypes: (asked) => send(asked, Object.keys(INPUT_KINDS).map(inputTypeBody)),
    inputType: (asked) => {
      const type = asked.params.type!.toUpperCase();
      if (!Object.hasOwn(INPUT_KINDS, type))
        throw refused('type', `one of ${Object.keys(INPUT_KINDS).join(', ')}`, type);
      send(asked, inputDocumentationBody(type));
    },
    schemas: (asked) => {
      const schema = schemaFor(asked);
      send(asked, flagOf(asked.query, 'arrayOf') ? listSchemaOf(schema) : schema);
    },
    schemaProperties: (asked) => send(asked, schemaFor(asked).properties),
    triggerPlugins: (asked) => {
      const results = catalogue.entries.filter(({ kind }) => kind === 'trigger').map(triggerBody);
      asked.json({ results, total: results.length });
    },
    pluginVersions: (asked) => {
      const { type } = entryIn(asked);
      asked.json({ type, versions: [versionOf(plugins, type, version)] });
    },
    pluginOfVersion: (asked) => {
      const known = versionOf(plugins, entryIn(asked).type, version);
      if (asked.params.version !== known) throw refused('version', known, asked.params.version!);
      document(asked);
    },
    readPlugin: document,
    expressionFilters: (asked) => asked.json(Object.keys(FILTERS)),
    expressionFunctions: (asked) => asked.json(Object.keys(FUNCTIONS).map(functionBody)),
  } satisfies Partial<Handlers>;
}

const functionBody = (name: string): object => ({
  name,
  arguments: FUNCTIONS[name]!.parameters.map((parameter) => ({ name: parameter, defaultValue: null })),
});

const triggerBody = ({ type, title, deprecated }: TypeEntry): object => ({
  type,
  name: simpleName(type),
  description: title,
  group: 'core',
  ee: false,
  icon: type,
  ...(deprecated === undefined ? {} : { deprecated: true }),
});

const versionOf = ({ plugins }: PluginSet, type: string, version: string): string =>
  plugins.find(({ tasks }) => tasks.some((task) => task.type === type))?.version ?? version;
