/** `is even`, `is odd`: of whole numbers. */
import type { Test } from '../callable.ts';
import { ValueError } from '../error.ts';
import { isNumeric, isWhole, kindOf, numberText, wholePart } from '../value/number.ts';

export const even: Test = { parameters: [], holds: (input) => remainder(input) === 0n };
export const odd: Test = { parameters: [], holds: (input) => remainder(input) !== 0n };

function remainder(input: unknown): bigint {
  if (isNumeric(input) && isWhole(input)) return wholePart(input) % 2n;
  throw new ValueError(`expected a whole number to test, got ${isNumeric(input) ? numberText(input) : kindOf(input)}`);
}
