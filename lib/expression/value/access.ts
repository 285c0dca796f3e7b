/** Properties: own keys of maps, items of lists, and nothing that an object merely inherits. `undefined` is a missing one. */
import { nearest } from '../../nearest.ts';
import { ValueError } from '../error.ts';
import { isMap, type PlainMap } from './map.ts';
import { Boxed, kindOf } from './number.ts';
import { javaText } from './text.ts';

const INDEX = /^\d+$/;
/** Names listed in a message where none is near. */
const NAMES_SHOWN_MAX = 8;

/** What `object.name` is; `undefined` if there is no such thing. */
export function memberOf(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || object instanceof Boxed) return undefined;
  if (Array.isArray(object)) return INDEX.test(name) ? itemAt(object, Number(name)) : undefined;
  return Object.hasOwn(object, name) ? ((object as PlainMap)[name] ?? null) : undefined;
}

/** What `object[key]` is. */
export function itemOf(object: unknown, key: unknown): unknown {
  if (typeof key === 'string') return memberOf(object, key);
  return key === null || key === undefined ? undefined : memberOf(object, javaText(key));
}

const itemAt = (list: readonly unknown[], index: number): unknown =>
  index < list.length ? (list[index] ?? null) : undefined;

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
