/** Properties: own keys of maps, items of lists, and nothing that an object merely inherits. `undefined` is a missing one. */
import { nearest } from '../nearest.ts';
import { ValueError } from './error.ts';
import { Double, kindOf } from './number.ts';
import { print } from './print.ts';

const INDEX = /^\d+$/;
/** Names listed in a message where none is near. */
const NAMES_SHOWN_MAX = 8;

export type PlainMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Double);

/** What `object.name` is; `undefined` if there is no such thing. */
export function memberOf(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || object instanceof Double) return undefined;
  if (Array.isArray(object)) return INDEX.test(name) ? object[Number(name)] : undefined;
  return Object.hasOwn(object, name) ? ((object as PlainMap)[name] ?? null) : undefined;
}

/** What `object[key]` is. */
export function itemOf(object: unknown, key: unknown): unknown {
  if (Array.isArray(object) && typeof key === 'number') return object[key];
  return memberOf(object, print(key));
}

export function missingRoot(name: string, known: readonly string[]): ValueError {
  return missing(name, hint(name, known));
}

export function missingMember(path: string, name: string, object: unknown): ValueError {
  if (object === null || object === undefined) return missing(name, `\`${path}\` is null`);
  if (Array.isArray(object)) return missing(name, `\`${path}\` is a list of ${object.length}`);
  return missing(name, isMap(object) ? hint(name, Object.keys(object)) : `\`${path}\` is ${kindOf(object)}`);
}

const missing = (name: string, why: string): ValueError => new ValueError(`Unable to find \`${name}\``, 'missing', why);

function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (known.length === 0) return 'there is nothing in it';
  const shown = known.slice(0, NAMES_SHOWN_MAX).map((key) => `\`${key}\``);
  return `there is ${shown.join(', ')}${known.length > NAMES_SHOWN_MAX ? ' and more' : ''}`;
}
