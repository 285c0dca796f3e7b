/** What is equal, what is less, what is in what. `==` compares numbers by their amount; inside lists and maps they must be of one kind, as in Java. */
import { type Budget, newBudget, spend, spendOn } from '../budget.ts';
import { ValueError } from '../error.ts';
import { compare as compareDecimals } from './decimal.ts';
import { isMap } from './map.ts';
import { Boxed, exact, isNumeric, kindOf, type Numeric, numberKind, plain, toNumeric } from './number.ts';
import { javaText } from './text.ts';

export type Comparison = '<' | '>' | '<=' | '>=';

/** Negative, zero or positive. */
export function order(a: Numeric, b: Numeric): number {
  if (a instanceof Boxed && typeof a.amount !== 'number') return compareDecimals(exact(a), exact(b));
  if (b instanceof Boxed && typeof b.amount !== 'number') return compareDecimals(exact(a), exact(b));
  const x = a instanceof Boxed ? plain(a) : a;
  const y = b instanceof Boxed ? plain(b) : b;
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Nothing compares with null. Texts compare by their characters. */
export function compares(operator: Comparison, left: unknown, right: unknown): boolean {
  if (left === null || right === null) return false;
  if (typeof left === 'string' && typeof right === 'string')
    return answers(operator, left < right ? -1 : left > right ? 1 : 0);
  const a = toNumeric(left, `before \`${operator}\``);
  return answers(operator, order(a, toNumeric(right, `behind \`${operator}\``)));
}

function answers(operator: Comparison, result: number): boolean {
  switch (operator) {
    case '<':
      return result < 0;
    case '>':
      return result > 0;
    case '<=':
      return result <= 0;
    case '>=':
      return result >= 0;
  }
}

/** `budget` pays for what is inside lists and maps. */
export function equals(left: unknown, right: unknown, budget: Budget = newBudget()): boolean {
  if (left === right) return true;
  return isNumeric(left) && isNumeric(right) ? order(left, right) === 0 : same(left, right, budget);
}

/** Equal as two objects of Java are: numbers of one kind, lists and maps of what is equal in this way. */
export function same(left: unknown, right: unknown, budget: Budget): boolean {
  if (left === right) return true;
  if (isNumeric(left) && isNumeric(right)) return numberKind(left) === numberKind(right) && order(left, right) === 0;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  spend(budget, 1);
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => same(item, right[index], budget))
    );
  }
  if (!isMap(left) || !isMap(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name], budget))
  );
}

export const holds = (list: readonly unknown[], item: unknown, budget: Budget): boolean =>
  list.some((each) => same(each, item, budget));

/** A list holds all items of another list. */
export function contains(left: unknown, right: unknown, budget: Budget): boolean {
  if (left === null) return false;
  spendOn(budget, left);
  if (typeof left === 'string') return left.includes(javaText(right));
  if (Array.isArray(left))
    return Array.isArray(right) ? right.every((item) => holds(left, item, budget)) : holds(left, right, budget);
  if (isMap(left)) return Object.hasOwn(left, javaText(right));
  throw new ValueError(`expected a list, a map or a text before \`contains\`, got ${kindOf(left)}`);
}

/** `isIn` compares what is printed, with the items of a list, or with the keys and values of a map. */
export function isIn(left: unknown, right: unknown, budget: Budget): boolean {
  if (left === null || right === null) return false;
  spendOn(budget, right);
  const text = javaText(left);
  if (Array.isArray(right)) return right.some((item) => javaText(item) === text);
  return isMap(right) && Object.entries(right).some(([key, value]) => key === text || javaText(value) === text);
}
