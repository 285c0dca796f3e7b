/** INT: a whole number. */
import type { InputKind } from './kind.ts';
import { type Bounds, bounded, castNumber } from './number.ts';

const WHOLE = /^[-+]?\d{1,16}$/;

export const int: InputKind<Bounds> = {
  ...bounded,
  javaClass: 'IntInput',
  cast: (value) => castNumber(value, WHOLE, 'a whole number', Number.isSafeInteger),
};
