/**
 * Plugin defaults: values for the properties that tasks and triggers of a type, or of all types that begin so, do not set
 * themselves; forced ones win over what they set. Laid over the flow as it was read, before anything is judged, at any depth.
 * The flow's go before the configuration's, a longer type before a shorter one, then what stands first; maps are merged, and
 * lists joined, as Kestra does it.
 */
import type { Catalogue, TypeEntry } from '../model/catalogue.ts';
import type { Path } from '../yaml/yaml.ts';
import { namesOf, PLUGIN_DEFAULT } from './language.ts';
import type { Problems } from './problems.ts';
import { isMap, MapReader, type YamlMap } from './reader.ts';

const DEFAULTS_MAX = 500;
const NAMES = ['pluginDefaults', 'taskDefaults'] as const;
/** What stands in these has a `type` that is none of a plugin. */
const OTHERS: ReadonlySet<string> = new Set(['inputs', 'outputs', 'labels', 'variables', ...NAMES]);
/** They say which task it is, and are never a default. */
const IDENTITY: ReadonlySet<string> = new Set(['id', 'type']);

interface PluginDefault {
  /** As written, and the canonical name where it is the name of a type. */
  readonly types: readonly string[];
  readonly forced: boolean;
  readonly values: YamlMap;
  /** 0 is the flow, 1 the configuration. */
  readonly level: number;
}

export interface DefaultsAround {
  /** Of the configuration. */
  readonly globals: readonly unknown[];
  readonly catalogue: Catalogue;
  /** Names that every task, and every trigger, may have besides its type's own. */
  readonly common: { readonly task: ReadonlySet<string>; readonly trigger: ReadonlySet<string> };
  readonly problems: Problems;
}

/** The flow with its defaults laid over its tasks and triggers; the same map where there is none. */
export function withPluginDefaults(flow: YamlMap, around: DefaultsAround): YamlMap {
  const own = ownDefaults(flow, around);
  const globals = around.globals.flatMap((each) => (isMap(each) ? [defaultOf(each, around.catalogue, 1)] : []));
  const all = [...own, ...globals].filter(({ values }) => Object.keys(values).length > 0);
  if (all.length === 0) return flow;
  const laid: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flow)) laid[name] = OTHERS.has(name) ? value : inside(value, all, around);
  return laid;
}

function ownDefaults(flow: YamlMap, { catalogue, common, problems }: DefaultsAround): readonly PluginDefault[] {
  const reader = new MapReader(flow, [], problems);
  if (reader.has('taskDefaults'))
    problems.warning(['taskDefaults'], 'taskDefaults is deprecated: pluginDefaults is its newer name');
  const defaults: PluginDefault[] = [];
  for (const inner of NAMES.flatMap((name) => readersOf(reader, name))) {
    if (defaults.length === DEFAULTS_MAX)
      problems.error(inner.path, `expected at most ${DEFAULTS_MAX} plugin defaults, got more`);
    if (defaults.length >= DEFAULTS_MAX) break;
    const read = readDefault(inner, catalogue);
    if (!read) continue;
    defaults.push(read);
    warnOfUnknown(inner, catalogue.find(read.types[0]!), common);
  }
  return defaults;
}

/** A list of maps with `type`, one such map, or a map from types to the rest. */
function readersOf(flow: MapReader, name: string): readonly MapReader[] {
  const written = flow.get(name);
  if (!isMap(written)) return flow.maps(name, 'a map with type and values');
  const { problems } = flow;
  if (Object.hasOwn(written, 'type')) return [new MapReader(written, flow.at(name), problems)];
  return Object.entries(written).flatMap(([type, rest]) => {
    const path = [name, type];
    if (isMap(rest)) return [new MapReader({ ...rest, type }, path, problems)];
    problems.expected(path, 'a map with values', rest);
    return [];
  });
}

function readDefault(reader: MapReader, catalogue: Catalogue): PluginDefault | undefined {
  reader.only(namesOf(PLUGIN_DEFAULT), {
    title: 'a plugin default',
    javaClass: 'io.kestra.core.models.flows.PluginDefault',
  });
  const type = reader.text('type');
  const values = reader.get('values') ?? {};
  if (type === undefined || type === '') reader.problems.missing(reader.at('type'), 'a type, or how types begin');
  reader.boolean('forced', false);
  if (isMap(values)) return type === undefined || type === '' ? undefined : defaultOf(reader.map, catalogue, 0);
  reader.problems.expected(reader.at('values'), 'a map', values);
  return undefined;
}

function defaultOf(map: YamlMap, catalogue: Catalogue, level: number): PluginDefault {
  const type = String(map.type ?? '');
  const canonical = catalogue.find(type)?.type ?? type;
  const values = Object.entries(isMap(map.values) ? map.values : {}).filter(([name]) => !IDENTITY.has(name));
  return {
    types: canonical === type ? [type] : [type, canonical],
    forced: map.forced === true || map.forced === 'true',
    values: Object.fromEntries(values),
    level,
  };
}

/** Of a type that is known by its whole name; how types begin fits some and not others. */
function warnOfUnknown(reader: MapReader, entry: TypeEntry | undefined, common: DefaultsAround['common']): void {
  const { values } = reader.map;
  if (!entry || !isMap(values)) return;
  for (const name of Object.keys(values))
    if (IDENTITY.has(name) || !hasProperty(entry, common, name)) {
      const path: Path = [...reader.path, 'values', name];
      reader.problems.warning(path, `expected a property of ${entry.type}, got ${name}, which is left out`, {
        got: name,
      });
    }
}

const hasProperty = ({ kind, properties, lists }: TypeEntry, common: DefaultsAround['common'], name: string): boolean =>
  common[kind === 'trigger' ? 'trigger' : 'task'].has(name) ||
  properties.includes(name) ||
  lists.some((list) => list.name === name);

/** What is deeper first, as Kestra does it: a map that comes from a default gets none itself. */
function inside(value: unknown, all: readonly PluginDefault[], around: DefaultsAround): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => inside(item, all, around));
    return items.some((item, n) => item !== value[n]) ? items : value;
  }
  if (!isMap(value)) return value;
  let map: YamlMap = value;
  for (const [name, inner] of Object.entries(value)) {
    const laid = inside(inner, all, around);
    if (laid !== inner) map = { ...map, [name]: laid };
  }
  return typeof map.type === 'string' ? withDefaults(map, map.type, all, around) : map;
}

function withDefaults(
  map: YamlMap,
  written: string,
  all: readonly PluginDefault[],
  { catalogue, common }: DefaultsAround,
): YamlMap {
  const entry = catalogue.find(written);
  const names = new Set([written, entry?.type ?? written]);
  const fitting = all
    .flatMap((each) => {
      const length = Math.max(
        0,
        ...each.types.map((type) => ([...names].some((name) => name.startsWith(type)) ? type.length : 0)),
      );
      return length > 0 ? [{ ...each, length }] : [];
    })
    .sort((a, b) => a.level - b.level || b.length - a.length);
  let laid = map;
  const known = (values: YamlMap): YamlMap =>
    entry ? Object.fromEntries(Object.entries(values).filter(([name]) => hasProperty(entry, common, name))) : values;
  for (const { forced, values } of fitting) if (!forced) laid = merged(known(values), laid);
  for (const { forced, values } of fitting.reverse()) if (forced) laid = merged(laid, known(values));
  return laid;
}

/** `over` wins; what is null in it is absent. */
function merged(under: YamlMap, over: YamlMap): YamlMap {
  const result: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(under, name) ? under[name] : undefined;
    if (isMap(below) && isMap(value)) result[name] = merged(below, value);
    else if (Array.isArray(below) && Array.isArray(value)) result[name] = joined(below, value);
    else if (value !== null && value !== undefined) result[name] = value;
    else if (!Object.hasOwn(under, name)) result[name] = value;
  }
  return result;
}

function joined(under: readonly unknown[], over: readonly unknown[]): readonly unknown[] {
  const there = new Set(under.map((item) => JSON.stringify(item)));
  return [...under, ...over.filter((item) => !there.has(JSON.stringify(item)))];
}
