/** What operators do with two values. Whole numbers stay whole (`7 / 2` is 3), a double makes the result a double, as in Java. */
import { isMap } from './access.ts';
import { type Budget, newBudget, spend, spendOn, within } from './budget.ts';
import { ValueError } from './error.ts';
import { double, isDouble, isNumeric, kindOf, type Numeric, plain, toNumeric } from './number.ts';
import { print } from './print.ts';

export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type Comparison = '<' | '>' | '<=' | '>=';

export function add(left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number' && Number.isInteger(left) && Number.isInteger(right))
    return left + right;
  if (typeof left === 'string' || typeof right === 'string') return concat(left, right);
  if (Array.isArray(left)) return Array.isArray(right) ? [...left, ...right] : [...left, right];
  return arithmetic('+', left, right);
}

export const concat = (left: unknown, right: unknown): string => within(print(left) + print(right));

export function arithmetic(operator: Arithmetic, left: unknown, right: unknown): Numeric {
  if (operator === '-' && Array.isArray(left)) throw new ValueError('expected a number before `-`, got a list');
  const a = toNumeric(left, `before \`${operator}\``);
  const b = toNumeric(right, `behind \`${operator}\``);
  const [x, y] = [plain(a), plain(b)];
  if (isDouble(a) || isDouble(b)) return double(computed(operator, x, y));
  if (y === 0 && (operator === '/' || operator === '%'))
    throw new ValueError(`expected a number other than 0 behind \`${operator}\``);
  // `+ 0` turns the -0 of a division into 0: whole numbers have only one.
  return Math.trunc(computed(operator, x, y)) + 0;
}

function computed(operator: Arithmetic, x: number, y: number): number {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    case '%':
      return x % y;
  }
}

export function negate(value: unknown): Numeric {
  const number = toNumeric(value, 'behind `-`');
  return isDouble(number) ? double(-plain(number)) : 0 - plain(number);
}

/** Nothing compares with null. */
export function compares(operator: Comparison, left: unknown, right: unknown): boolean {
  if (left === null || right === null) return false;
  const a = plain(toNumeric(left, `before \`${operator}\``));
  const b = plain(toNumeric(right, `behind \`${operator}\``));
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
  }
}

/** `budget` pays for what is inside lists and maps. */
export function equals(left: unknown, right: unknown, budget: Budget = newBudget()): boolean {
  if (left === right) return true;
  if (isNumeric(left) && isNumeric(right)) return plain(left) === plain(right);
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  spend(budget, 1);
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => equals(item, right[index], budget))
    );
  }
  if (!isMap(left) || !isMap(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equals(left[name], right[name], budget))
  );
}

export function contains(left: unknown, right: unknown, budget: Budget): boolean {
  if (left === null) return false;
  spendOn(budget, left);
  if (typeof left === 'string') return left.includes(print(right));
  if (Array.isArray(left)) return left.some((item) => equals(item, right, budget));
  if (isMap(left)) return Object.hasOwn(left, print(right));
  throw new ValueError(`expected a list, a map or a text before \`contains\`, got ${kindOf(left)}`);
}

/** What `if`, `and`, `or`, `not` and `? :` make of a value. Null, maps and lists are no answer to a question. */
export function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (isNumeric(value)) return plain(value) !== 0;
  throw new ValueError(
    `expected true or false, a number or a text as a condition, got ${kindOf(value)} (\`is null\`, \`is empty\` or \`?? false\` make it one)`,
  );
}
