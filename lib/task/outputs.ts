/**
 * Outputs as they leave a task: plain JSON data of a bounded size. Values that JSON writes in its own way (dates, maps of
 * undefined, objects with toJSON) are put through it; what is plain already passes in one walk without a copy.
 */
import { TaskError } from '../../plugins/sdk/index.ts';

export const OUTPUT_BYTES_MAX = 64 * 1024;
const DEPTH_MAX = 100;
/** What a walk answers for what JSON would write otherwise. */
const FOREIGN = Number.NaN;

export interface PlainOutputs {
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** About; never much less than the JSON is. */
  readonly bytes: number;
}

export function plainOutputs(given: unknown): PlainOutputs {
  if (given === undefined || given === null) return { bytes: 0 };
  if (typeof given !== 'object' || Array.isArray(given))
    throw new TaskError(`expected outputs by name, got ${nameOfType(given)}`);
  // A character is at most six bytes of JSON: what is small by its characters is not measured exactly.
  const walked = sizeOf(given, 0);
  if (walked <= OUTPUT_BYTES_MAX / 6) return { outputs: given as Readonly<Record<string, unknown>>, bytes: walked };
  const text = written(given);
  const bytes = Buffer.byteLength(text);
  if (bytes > OUTPUT_BYTES_MAX)
    throw new TaskError(`outputs of ${Math.ceil(bytes / 1024)} KB: expected at most ${OUTPUT_BYTES_MAX / 1024} KB`);
  return { outputs: JSON.parse(text) as Record<string, unknown>, bytes };
}

function written(given: unknown): string {
  try {
    return JSON.stringify(given);
  } catch (cause) {
    throw new TaskError(
      `expected outputs that can be written as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** Characters as JSON, or not a number when something in it is no plain data. */
function sizeOf(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return Number.isFinite(value) ? 8 : FOREIGN;
    case 'boolean':
      return 5;
    case 'object':
      return value === null ? 4 : depth > DEPTH_MAX ? FOREIGN : sizeOfObject(value, depth + 1);
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      return FOREIGN;
  }
}

function sizeOfObject(value: object, depth: number): number {
  let size = 2;
  if (Array.isArray(value)) {
    for (let n = 0; n < value.length; n++) size += 1 + sizeOf(value[n], depth);
    return size;
  }
  const prototype = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return FOREIGN;
  for (const key in value) size += key.length + 4 + sizeOf((value as Record<string, unknown>)[key], depth);
  return size;
}

const nameOfType = (value: unknown): string => (Array.isArray(value) ? 'an array' : `a ${typeof value}`);
