/**
 * Outputs as they leave a task: plain JSON data of a bounded size. Values that JSON writes in its own way (dates, maps of
 * undefined, objects with toJSON) are put through it; what is plain already passes in one walk without a copy. What is too
 * large is found out before anything is written: the thread has less memory than a value may have characters.
 */
import { OUTPUT_BYTES_MAX, TaskError } from '../../plugins/sdk/index.ts';

export { OUTPUT_BYTES_MAX };

const DEPTH_MAX = 100;

type Json = Readonly<Record<string, unknown>>;

export interface PlainOutputs {
  readonly outputs?: Json;
  /** About; never much less than the JSON is. */
  readonly bytes: number;
}

export function plainOutputs(given: unknown): PlainOutputs {
  if (given === undefined || given === null) return { bytes: 0 };
  if (typeof given !== 'object' || Array.isArray(given))
    throw new TaskError(`expected outputs by name, got ${nameOfType(given)}`);
  const { data, bytes } = plainData(given, 'outputs', OUTPUT_BYTES_MAX);
  return { outputs: data, bytes };
}

/** The value as it is, or as JSON reads it back. Throws a TaskError when it is larger than `bytesMax` or no JSON. */
export function plainData(
  given: object,
  what: string,
  bytesMax: number,
): { readonly data: Json; readonly bytes: number } {
  const walk: Walk = { bytesMax, about: 0, least: 0, isForeign: false };
  add(given, walk, 0);
  if (walk.least > bytesMax) throw tooLarge(what, walk.least, bytesMax);
  // A character is at most six bytes of JSON: what is small by its characters is not measured exactly.
  if (!walk.isForeign && walk.about <= bytesMax / 6) return { data: given as Json, bytes: walk.about };
  const text = written(given, what, bytesMax);
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) throw tooLarge(what, bytes, bytesMax);
  return { data: JSON.parse(text) as Json, bytes };
}

const tooLarge = (what: string, bytes: number, bytesMax: number): TaskError =>
  new TaskError(`${what} of ${Math.ceil(bytes / 1024)} KB: expected at most ${bytesMax / 1024} KB`);

function written(given: object, what: string, bytesMax: number): string {
  let least = 0;
  const counted = function (this: unknown, key: string, value: unknown): unknown {
    // The keys of a list are not written.
    least += (Array.isArray(this) ? 0 : key.length) + (typeof value === 'string' ? value.length : 1);
    if (least > bytesMax) throw tooLarge(what, least, bytesMax);
    return value;
  };
  try {
    return JSON.stringify(given, counted);
  } catch (cause) {
    if (cause instanceof TaskError) throw cause;
    throw new TaskError(
      `expected ${what} that can be written as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

interface Walk {
  readonly bytesMax: number;
  /** Characters as JSON. */
  about: number;
  /** Bytes that its JSON has at least. */
  least: number;
  /** Something in it is no plain data. */
  isForeign: boolean;
}

function add(value: unknown, walk: Walk, depth: number): void {
  switch (typeof value) {
    case 'string':
      return grow(walk, value.length + 2, value.length + 2);
    case 'number':
      if (!Number.isFinite(value)) walk.isForeign = true;
      return grow(walk, 8, 1);
    case 'boolean':
      return grow(walk, 5, 4);
    case 'object':
      if (value === null) return grow(walk, 4, 4);
      if (depth > DEPTH_MAX) walk.isForeign = true;
      else addObject(value, walk, depth + 1);
      return;
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      walk.isForeign = true;
  }
}

function addObject(value: object, walk: Walk, depth: number): void {
  grow(walk, 2, 2);
  if (Array.isArray(value)) {
    for (let n = 0; n < value.length && walk.least <= walk.bytesMax; n++) {
      grow(walk, 1, 1);
      add(value[n], walk, depth);
    }
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) {
    walk.isForeign = true;
    // JSON writes each byte as a number.
    if (ArrayBuffer.isView(value)) grow(walk, 0, value.byteLength * 2);
    if (ArrayBuffer.isView(value) || 'toJSON' in value) return;
  }
  for (const key in value) {
    if (walk.least > walk.bytesMax) return;
    grow(walk, key.length + 4, key.length);
    add((value as Record<string, unknown>)[key], walk, depth);
  }
}

function grow(walk: Walk, about: number, least: number): void {
  walk.about += about;
  walk.least += least;
}

const nameOfType = (value: unknown): string => (Array.isArray(value) ? 'an array' : `a ${typeof value}`);
