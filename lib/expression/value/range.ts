/** `1..3`, `'a'..'c'` and `range(0, 10, 2)`: both ends belong to it. Its numbers are Longs. */
import { type Budget, spend } from '../budget.ts';
import { ValueError } from '../error.ts';
import { isNumeric, kindOf, long, wholePart } from './number.ts';

export function range(from: unknown, to: unknown, step: unknown, budget: Budget): readonly unknown[] {
  if (step !== undefined && step !== null && !isNumeric(step))
    throw new ValueError(`expected a number as the step of a range, got ${kindOf(step)}`);
  const by = isNumeric(step) ? wholePart(step) : 1n;
  if (by === 0n) throw new ValueError('expected a step other than 0 of a range');
  if (isNumeric(from) && isNumeric(to)) return numbers(wholePart(from), wholePart(to), by, budget);
  if (typeof from !== 'string' || typeof to !== 'string' || from.length !== 1 || to.length !== 1)
    throw new ValueError(
      `expected two numbers or two single letters as ends of a range, got ${kindOf(from)} and ${kindOf(to)}`,
    );
  const codes = numbers(BigInt(from.charCodeAt(0)), BigInt(to.charCodeAt(0)), by, budget);
  return codes.map((code) => String.fromCharCode(Number(code)));
}

function numbers(from: bigint, to: bigint, by: bigint, budget: Budget): readonly bigint[] {
  const count = Math.max(0, Number((to - from) / by) + 1);
  if ((to - from) * by < 0n) return [];
  spend(budget, count);
  return Array.from({ length: count }, (_, index) => long(from + BigInt(index) * by));
}
