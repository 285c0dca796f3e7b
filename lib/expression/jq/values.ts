/** What jq does with two values, and how it reads one as what it must be. */
import { type Budget, spend, spendOn, within } from '../budget.ts';
import { ValueError } from '../error.ts';
import { isMap, type PlainMap } from '../value/map.ts';
import { isNumeric, plain } from '../value/number.ts';
import { compare, typeOf } from './order.ts';
import type { JqOperator } from './syntax.ts';

export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new ValueError(`jq: expected a string for ${what}, got ${typeOf(value)}`);
}

export function mapOf(value: unknown, what: string): PlainMap {
  if (isMap(value)) return value;
  throw new ValueError(`jq: expected an object for ${what}, got ${typeOf(value)}`);
}

/** What `.[]` goes through. */
export function valuesIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isMap(value)) return Object.values(value);
  throw new ValueError(`jq: expected an array or an object to iterate over, got ${typeOf(value)}`);
}

/** `target[key]`: null where there is nothing. */
export function item(target: unknown, key: unknown): unknown {
  if (isMap(target) && typeof key === 'string') return Object.hasOwn(target, key) ? (target[key] ?? null) : null;
  if (Array.isArray(target) && isNumeric(key)) return target.at(Math.floor(plain(key))) ?? null;
  if (target === null && (typeof key === 'string' || isNumeric(key) || key === null)) return null;
  const named = typeof key === 'string' ? `"${key}"` : typeOf(key);
  throw new ValueError(`jq: expected something to index with ${named}, got ${typeOf(target)}`);
}

export function slice(target: unknown, from: unknown, to: unknown): unknown {
  if (target === null) return null;
  const ends = [from, to].map((end) =>
    isNumeric(end) ? plain(end) : end === null || end === undefined ? undefined : Number.NaN,
  );
  if ((typeof target !== 'string' && !Array.isArray(target)) || ends.some(Number.isNaN))
    throw new ValueError(`jq: expected an array or a string to slice, got ${typeOf(target)}`);
  const [start, end] = [
    ends[0] === undefined ? 0 : Math.floor(ends[0]),
    ends[1] === undefined ? undefined : Math.ceil(ends[1]),
  ];
  return typeof target === 'string' ? Array.from(target).slice(start, end).join('') : target.slice(start, end);
}

export function add(left: unknown, right: unknown, budget: Budget): unknown {
  if (left === null) return right;
  if (right === null) return left;
  if (isNumeric(left) && isNumeric(right)) return plain(left) + plain(right);
  if (typeof left === 'string' && typeof right === 'string') return within(left + right);
  spendOn(budget, left);
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (isMap(left) && isMap(right)) return { ...left, ...right };
  throw unfit('+', left, right);
}

/** All but `and`, `or`, `//`, `|` and `,`, which decide what is run at all. */
export function combined(operator: JqOperator, left: unknown, right: unknown, budget: Budget): unknown {
  switch (operator) {
    case '+':
      return add(left, right, budget);
    case '==':
      return compare(left, right) === 0;
    case '!=':
      return compare(left, right) !== 0;
    case '<':
      return compare(left, right) < 0;
    case '>':
      return compare(left, right) > 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>=':
      return compare(left, right) >= 0;
    default:
      return reckoned(operator, left, right, budget);
  }
}

function reckoned(operator: JqOperator, left: unknown, right: unknown, budget: Budget): unknown {
  if (operator === '-' && Array.isArray(left) && Array.isArray(right)) {
    spend(budget, left.length * right.length);
    return left.filter((each) => !right.some((other) => compare(each, other) === 0));
  }
  if (operator === '*' && isMap(left) && isMap(right)) return mergedDeep(left, right, budget);
  if (operator === '/' && typeof left === 'string' && typeof right === 'string')
    return left === '' ? [] : left.split(right);
  if (!isNumeric(left) || !isNumeric(right)) throw unfit(operator, left, right);
  const [a, b] = [plain(left), plain(right)];
  if ((operator === '/' && b === 0) || (operator === '%' && Math.trunc(b) === 0))
    throw new ValueError(`jq: expected a number other than 0 behind ${operator}`);
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' ? a / b : Math.trunc(a) % Math.abs(Math.trunc(b));
}

function mergedDeep(left: PlainMap, right: PlainMap, budget: Budget): PlainMap {
  spend(budget, 1);
  const merged = Object.entries(right).map(([key, value]) => {
    const before = Object.hasOwn(left, key) ? left[key] : undefined;
    return [key, isMap(before) && isMap(value) ? mergedDeep(before, value, budget) : value] as const;
  });
  return { ...left, ...Object.fromEntries(merged) };
}

const unfit = (operator: string, left: unknown, right: unknown): ValueError =>
  new ValueError(`jq: expected values that ${operator} can combine, got ${typeOf(left)} and ${typeOf(right)}`);
