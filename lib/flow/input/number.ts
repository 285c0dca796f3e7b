/** What INT and FLOAT share: texts that are numbers, between `min` and `max`. */
import { number } from '../language.ts';
import { excerpt } from '../problems.ts';
import type { MapReader } from '../reader.ts';
import { type Cast, type InputKind, type Refusal, textOf } from './kind.ts';

const CHARS_MAX = 400;

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export const bounded = {
  options: { min: number('The least'), max: number('The most') },
  read: (reader: MapReader): Bounds => ({ min: reader.number('min'), max: reader.number('max') }),
  limit: (value: unknown, { min, max }: Bounds): Refusal | undefined => {
    if (max !== undefined && Number(value) > max)
      return { problem: `expected at most ${max}, got ${value}`, kestra: `it must be less than \`${max}\`` };
    if (min !== undefined && Number(value) < min)
      return { problem: `expected at least ${min}, got ${value}`, kestra: `it must be more than \`${min}\`` };
    return undefined;
  },
} satisfies Partial<InputKind<Bounds>>;

/** `shape` is how a text must look, `holds` what its number must be. */
export function castNumber(value: unknown, shape: RegExp, expected: string, holds: (number: number) => boolean): Cast {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  const number =
    text.length <= CHARS_MAX && shape.test(text) ? Number(text) : typeof value === 'number' ? value : Number.NaN;
  return holds(number)
    ? { value: number === 0 ? 0 : number }
    : { problem: `expected ${expected}, got ${excerpt(value)}`, kestra: `For input string: "${textOf(value)}"` };
}
