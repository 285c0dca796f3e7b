/** `1..3`, `'a'..'c'` and `range(0, 10, 2)`: both ends belong to it. */
import { type Budget, spend } from './budget.ts';
import { ValueError } from './error.ts';
import { isDouble, kindOf, plain, toNumeric } from './number.ts';

export function range(from: unknown, to: unknown, step: unknown, budget: Budget): readonly unknown[] {
  const by = step === undefined ? 1 : wholeOf(step);
  if (by === 0) throw new ValueError('expected a step other than 0 of a range');
  if (typeof from === 'string' && typeof to === 'string') return letters(from, to, by, budget);
  return numbers(wholeOf(from), wholeOf(to), by, budget);
}

function numbers(from: number, to: number, by: number, budget: Budget): readonly number[] {
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  spend(budget, count);
  return Array.from({ length: count }, (_, index) => from + index * by);
}

function letters(from: string, to: string, by: number, budget: Budget): readonly string[] {
  if (from.length !== 1 || to.length !== 1)
    throw new ValueError('expected numbers or single letters as the ends of a range, got longer texts');
  return numbers(from.charCodeAt(0), to.charCodeAt(0), by, budget).map((code) => String.fromCharCode(code));
}

function wholeOf(value: unknown): number {
  const number = toNumeric(value, 'as an end or step of a range');
  if (isDouble(number))
    throw new ValueError(`expected a whole number as an end or step of a range, got ${kindOf(value)} with a fraction`);
  return plain(number);
}
