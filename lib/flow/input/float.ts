/** FLOAT: a number. */
import type { InputKind } from './kind.ts';
import { type Bounds, bounded, castNumber } from './number.ts';

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/;

export const float: InputKind<Bounds> = {
  ...bounded,
  javaClass: 'FloatInput',
  cast: (value) => castNumber(value, DECIMAL, 'a number', Number.isFinite),
};
