/**
 * Rendered texts become what a schema wants: `"3"` a number, `'["a"]'` a list, `"true"` a boolean; and numbers become texts
 * where a text is wanted. Compiled once from JSON Schema. What does not fit is left as it is, for the schema to refuse.
 */
export type Coerce = (value: unknown) => unknown;

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema | boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
}

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

const DEPTH_MAX = 20;
const asIs: Coerce = (value) => value;

/** The top map: properties that are null are absent, where null is not wanted. */
export function coerceProperties(
  schema: JsonSchema,
): (map: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> {
  const properties = schema.properties ?? {};
  const coercers = new Map(Object.entries(properties).map(([name, each]) => [name, coercer(each, 0)]));
  const nullable = new Set(
    Object.entries(properties).flatMap(([name, each]) => (takesAll(each) || kindsOf(each).has('null') ? [name] : [])),
  );
  return (map) => {
    let changed: Record<string, unknown> | undefined;
    for (const name in map) {
      const value = map[name];
      const coerced = value === null && !nullable.has(name) ? undefined : (coercers.get(name) ?? asIs)(value);
      if (coerced === value) continue;
      changed ??= { ...map };
      if (coerced === undefined) delete changed[name];
      else changed[name] = coerced;
    }
    return changed ?? map;
  };
}

function coercer(schema: JsonSchema, depth: number): Coerce {
  if (depth > DEPTH_MAX || takesAll(schema)) return asIs;
  const kinds = kindsOf(schema);
  const inside = insideOf(schema, depth);
  return (value) => {
    const fitting = kinds.has(kindOf(value)) ? value : converted(value, kinds);
    return typeof fitting === 'object' && fitting !== null ? inside(fitting) : fitting;
  };
}

/** Items of lists and values of maps. */
function insideOf(schema: JsonSchema, depth: number): Coerce {
  const parts = alternatives(schema);
  const list = parts.find(({ items }) => typeof items === 'object');
  const map = parts.find(
    ({ properties, additionalProperties }) => properties ?? typeof additionalProperties === 'object',
  );
  const item = list ? coercer(list.items as JsonSchema, depth + 1) : asIs;
  const named = Object.entries(map?.properties ?? {}).map(([name, each]) => [name, coercer(each, depth + 1)] as const);
  const other = typeof map?.additionalProperties === 'object' ? coercer(map.additionalProperties, depth + 1) : asIs;
  const byName = new Map(named);
  if (item === asIs && other === asIs && named.length === 0) return asIs;
  return (value) => {
    if (Array.isArray(value)) return item === asIs ? value : value.map(item);
    return Object.fromEntries(
      Object.entries(value as object).map(([name, each]) => [name, (byName.get(name) ?? other)(each)]),
    );
  };
}

function converted(value: unknown, kinds: ReadonlySet<Kind>): unknown {
  if (typeof value !== 'string')
    return kinds.has('string') && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
  const text = value.trim();
  if (kinds.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (kinds.has('number') && text !== '' && Number.isFinite(Number(text))) return Number(text);
  if ((kinds.has('array') && text.startsWith('[')) || (kinds.has('object') && text.startsWith('{')))
    return parsed(text, value);
  return value;
}

function parsed(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema says what was expected; that it is no JSON either is not the point.
    return otherwise;
  }
}

const alternatives = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [schema];

/** It says nothing of types: anything may stand there. */
function takesAll(schema: JsonSchema): boolean {
  return alternatives(schema).some(
    (each) => each.type === undefined && each.enum === undefined && !('const' in each) && !each.anyOf,
  );
}

function kindsOf(schema: JsonSchema): ReadonlySet<Kind> {
  const kinds = new Set<Kind>();
  for (const each of alternatives(schema)) {
    if (each.anyOf) for (const kind of kindsOf(each)) kinds.add(kind);
    const types =
      each.type === undefined ? (each.enum ?? ['const' in each ? each.const : null]).map(kindOf) : [each.type].flat();
    for (const type of types) kinds.add(type === 'integer' ? 'number' : (type as Kind));
  }
  return kinds;
}

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object';
}
