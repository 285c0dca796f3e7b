/** What the schema of a flow says of a place in its YAML. Pure. */
import type { Schema } from '../api/plugins.ts';
import type { Frame, YamlPlace } from './yaml-place.ts';

export interface SchemaPlace {
  /** Of the map that the place is in; by its `type`, where it has one. */
  readonly map?: Schema;
  /** The types that it may be of, where its `type` decides what else it has. */
  readonly branches: readonly Schema[];
  /** Of the value that the place is in. */
  readonly value?: Schema;
}

export function schemaAt(root: Schema, { frames, key }: YamlPlace): SchemaPlace {
  const open = (schema: Schema | undefined): Schema | undefined =>
    schema?.$ref ? open(root.definitions?.[schema.$ref.replace('#/definitions/', '')]) : schema;
  let map: Schema | undefined = root;
  let branches: readonly Schema[] = [];
  for (const frame of frames) {
    for (const step of frame.via) map = stepInto(map, step, open);
    branches = (map?.anyOf ?? []).map((each) => open(each)!).filter((each) => each?.properties);
    map = branches.length > 0 ? branchOf(branches, frame) : map;
  }
  const value = key === undefined ? undefined : open(map?.properties?.[key]);
  return { map, branches, value };
}

function stepInto(
  schema: Schema | undefined,
  step: string,
  open: (schema: Schema | undefined) => Schema | undefined,
): Schema | undefined {
  if (!schema) return undefined;
  const all = [schema, ...(schema.anyOf ?? []).map((each) => open(each)!)];
  for (const each of all) {
    const found = step === '[]' ? each?.items : each?.properties?.[step];
    if (found) return open(found);
  }
  return undefined;
}

export const typesOf = (branch: Schema): readonly string[] => (branch.properties?.type?.enum ?? []).map(String);

/** Without a type that is known: what all of them have. */
function branchOf(branches: readonly Schema[], { keys }: Frame): Schema {
  const type = (keys.get('type') ?? '').replace(/^["']|["']$/g, '').trim();
  const chosen = branches.find((branch) => typesOf(branch).includes(type));
  if (chosen) return chosen;
  const [first, ...others] = branches;
  const shared = Object.entries(first?.properties ?? {}).filter(([name]) =>
    others.every(({ properties }) => properties?.[name]),
  );
  return { properties: Object.fromEntries(shared), required: ['id', 'type'] };
}

/** The innermost type that is written around a place. */
export function typeAround({ frames }: YamlPlace): string | undefined {
  const type = frames.findLast(({ keys }) => keys.has('type'))?.keys.get('type');
  return type?.replace(/^["']|["']$/g, '').trim() || undefined;
}
