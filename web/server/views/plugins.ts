/**
 * What there is to make flows of, as Kestra's clients list it: types in groups by the beginning of their names, with drawn icons
 * and documentation that is written from their schemas.
 */
import { INPUT_KINDS } from '../../../lib/flow/input/table.ts';
import type { Schema } from '../../../lib/flow/language.ts';
import { commonProperties, inputSchema, ownProperties } from '../../../lib/flow/schema.ts';
import type { Catalogue, TypeEntry } from '../../../lib/model/catalogue.ts';
import type { PluginSet } from '../../../lib/plugin/load.ts';
import { jsonSchemaOf, outputsSchemaOf } from '../../../lib/plugin/schema.ts';

const KESTRA = 'io.kestra.plugin.';
/** Types of Kestra's names: `io.kestra.plugin.core` is a group, what goes on behind it a part of one. */
const KESTRA_PARTS = 4;

export const simpleName = (type: string): string => type.slice(type.lastIndexOf('.') + 1);
const packageOf = (type: string): string => type.slice(0, type.lastIndexOf('.'));
export const groupOf = (type: string): string =>
  type.startsWith(KESTRA) ? type.split('.').slice(0, KESTRA_PARTS).join('.') : packageOf(type);

/** `subgroups`: also a row for each package in a group. */
export function pluginRows({ catalogue, plugins }: PluginSet, version: string, subgroups = false): readonly object[] {
  const groups = Map.groupBy(catalogue.entries, ({ type }) => groupOf(type));
  const rows: object[] = [];
  for (const [group, entries] of groups) {
    const own = plugins.find(({ tasks }) => tasks.some(({ type }) => groupOf(type) === group));
    const about = { group, version: own?.version ?? version, license: 'Apache-2.0' };
    rows.push({ name: simpleName(group), title: own?.title ?? simpleName(group), ...about, ...typesOf(entries) });
    if (!subgroups) continue;
    for (const [name, inside] of Map.groupBy(entries, ({ type }) => packageOf(type)))
      if (name !== group)
        rows.push({ name: simpleName(group), title: simpleName(name), ...about, subGroup: name, ...typesOf(inside) });
  }
  return rows;
}

function typesOf(entries: readonly TypeEntry[]): object {
  const of = (...kinds: readonly TypeEntry['kind'][]) =>
    entries.filter(({ kind }) => kinds.includes(kind)).map(typeBody);
  return {
    tasks: of('runnable', 'flowable'),
    triggers: of('trigger'),
    conditions: of('condition'),
    taskRunners: [],
    storages: [],
    secrets: [],
    aliases: entries.flatMap(({ aliases }) => aliases),
    categories: [],
  };
}

const typeBody = ({ type, title, deprecated }: TypeEntry): object => ({
  cls: type,
  title,
  deprecated: deprecated !== undefined,
});

/** By canonical names and aliases. */
export function iconsOf({ entries }: Catalogue): Readonly<Record<string, object>> {
  const icons: Record<string, object> = {};
  for (const entry of entries) for (const name of [entry.type, ...entry.aliases]) icons[name] = iconBody(entry);
  return icons;
}

export const iconBody = (entry: TypeEntry): object => ({
  name: simpleName(entry.type),
  icon: Buffer.from(iconOf(entry)).toString('base64'),
  flowable: entry.kind === 'flowable',
});

export const groupIconsOf = ({ entries }: Catalogue): Readonly<Record<string, object>> =>
  Object.fromEntries(
    [...new Set(entries.flatMap(({ type }) => [groupOf(type), packageOf(type)]))].map((name) => [
      name,
      { name: 'plugin-icon', icon: Buffer.from(drawn(name, simpleName(name))).toString('base64'), flowable: false },
    ]),
  );

export const iconOf = ({ type }: TypeEntry): string => drawn(packageOf(type), simpleName(type));

const HUES = 360;

/** Two letters on a colour that follows from the package. */
function drawn(group: string, name: string): string {
  let hue = 0;
  for (const sign of group) hue = (hue * 31 + sign.charCodeAt(0)) % HUES;
  const capitals = name.replace(/[^A-Z]/g, '');
  const letters = (capitals.length > 1 ? capitals : name).slice(0, 2);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24"><rect width="24" height="24" rx="5" fill="hsl(${hue} 55% 42%)"/><text x="12" y="16" font-family="sans-serif" font-size="10" font-weight="600" text-anchor="middle" fill="#fff">${letters}</text></svg>`;
}

/** `all`: also what every thing of its kind has. */
export function documentationBody({ task }: PluginSet, entry: TypeEntry, all: boolean): object {
  const own = task(entry.type);
  const properties = { ...(all ? commonProperties(entry.kind) : {}), ...ownProperties(entry) };
  const schema = own ? jsonSchemaOf(own) : entry.schema;
  const required = (schema as { readonly required?: readonly string[] }).required ?? [];
  const outputs = own ? outputsSchemaOf(own) : undefined;
  const about = {
    title: entry.title,
    ...(own?.description === undefined ? {} : { description: own.description }),
    ...(own?.examples
      ? { $examples: own.examples.map(({ title, code }) => ({ title, code, lang: 'yaml', full: false })) }
      : {}),
    ...(entry.deprecated === undefined ? {} : { $deprecated: true }),
  };
  return {
    markdown: markdownOf(entry, {
      description: own?.description,
      examples: own?.examples ?? [],
      properties,
      required,
      outputs,
    }),
    schema: {
      properties: { type: 'object', ...about, properties, required },
      ...(outputs ? { outputs } : {}),
      definitions: {},
    },
  };
}

export function inputDocumentationBody(type: string): object {
  const schema = inputSchema(type);
  return { markdown: `# ${type}\n\n${String(schema.title)}.\n`, schema: { properties: schema, definitions: {} } };
}

export const inputTypeBody = (type: string): object => ({
  type,
  cls: `io.kestra.core.models.flows.input.${INPUT_KINDS[type]!.javaClass}`,
});

interface Documented {
  readonly description?: string;
  readonly examples: readonly { readonly title: string; readonly code: string }[];
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly outputs?: Schema;
}

function markdownOf({ type, title, deprecated }: TypeEntry, documented: Documented): string {
  const { description, examples, properties, required, outputs } = documented;
  const outputProperties = (outputs?.properties ?? {}) as Readonly<Record<string, Schema>>;
  const parts = [
    `# ${simpleName(type)}`,
    `\`${type}\``,
    `**${title}**`,
    ...(deprecated === undefined ? [] : [`Deprecated: use ${deprecated}.`]),
    ...(description === undefined ? [] : [description]),
    ...examples.flatMap((example) => [`### ${example.title}`, `\`\`\`yaml\n${example.code.trimEnd()}\n\`\`\``]),
    ...section('Properties', properties, new Set(required)),
    ...section('Outputs', outputProperties, new Set()),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(
  title: string,
  properties: Readonly<Record<string, Schema>>,
  required: ReadonlySet<string>,
): readonly string[] {
  const lines = Object.entries(properties).map(([name, { description, default: absent }]) => {
    const about = [
      required.has(name) ? 'required' : '',
      absent === undefined ? '' : `default \`${JSON.stringify(absent)}\``,
      typeof description === 'string' ? description : '',
    ].filter(Boolean);
    return `- \`${name}\`${about.length > 0 ? `: ${about.join('; ')}` : ''}`;
  });
  return lines.length > 0 ? [`## ${title}`, lines.join('\n')] : [];
}
