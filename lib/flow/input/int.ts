/** INT: a whole number that JavaScript holds exactly. */
import type { InputKind } from './kind.ts';
import { type Bounds, bounded, castNumber } from './number.ts';

const WITHIN = `a whole number up to ${Number.MAX_SAFE_INTEGER}`;
const WHOLE = /^[-+]?\d{1,16}$/;
const isTooLarge = (value: unknown): boolean => /^\s*[-+]?\d{16,}\s*$/.test(String(value));

export const int: InputKind<Bounds> = {
  ...bounded,
  javaClass: 'IntInput',
  cast: (value) => castNumber(value, WHOLE, isTooLarge(value) ? WITHIN : 'a whole number', Number.isSafeInteger),
};
