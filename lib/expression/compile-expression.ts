/** Expression → closure. Operands are compiled once; what a closure does when it runs is as little as its operator needs. */
import type { BinaryOperator, Expression } from './ast.ts';
import { type Budget, spend, spendOn } from './budget.ts';
import type { Calls } from './compile-call.ts';
import { compileMethod, compilePath } from './compile-path.ts';
import { ExpressionError } from './error.ts';
import { type Evaluate, guarded, type Unit } from './frame.ts';
import { toNumeric } from './number.ts';
import { add, arithmetic, compares, concat, contains, equals, negate, truth } from './operators.ts';
import { print } from './print.ts';
import { range } from './range.ts';

export function compileExpression(expression: Expression, unit: Unit, calls: Calls): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'name':
    case 'member':
    case 'index':
      return compilePath(expression, unit, false);
    case 'method':
      return compileMethod(expression, unit);
    case 'call':
      return calls.call(expression, unit);
    case 'filter':
      return calls.filtered(expression, unit);
    case 'test':
      return calls.test(expression, unit);
    case 'unary':
      return unary(expression, unit);
    case 'binary':
      return guarded(binary(expression, unit), { source: unit.source, at: expression.at });
    case 'ternary':
      return ternary(expression, unit);
    case 'list':
      return list(expression, unit);
    case 'map':
      return map(expression, unit);
  }
}

/** What is missing anywhere in it makes it `undefined`. */
export function compileLenient(expression: Expression, unit: Unit): Evaluate {
  if (expression.kind === 'name' || expression.kind === 'member' || expression.kind === 'index')
    return compilePath(expression, unit, true);
  const strict = unit.strict(expression);
  if (expression.kind === 'literal') return strict;
  return (frame) => {
    try {
      return strict(frame);
    } catch (error) {
      if (error instanceof ExpressionError && error.fault === 'missing') return undefined;
      throw error;
    }
  };
}

function unary({ operator, operand, at }: Expression & { kind: 'unary' }, unit: Unit): Evaluate {
  const value = unit.strict(operand);
  const site = { source: unit.source, at };
  switch (operator) {
    case 'not':
      return guarded((frame) => !truth(value(frame)), site);
    case '-':
      return guarded((frame) => negate(value(frame)), site);
    case '+':
      return guarded((frame) => toNumeric(value(frame), 'behind `+`'), site);
  }
}

function ternary({ condition, yes, no, at }: Expression & { kind: 'ternary' }, unit: Unit): Evaluate {
  const [asked, whenTrue, whenFalse] = [unit.strict(condition), unit.strict(yes), unit.strict(no)];
  const answer = guarded((frame) => truth(asked(frame)), { source: unit.source, at });
  return (frame) => (answer(frame) ? whenTrue(frame) : whenFalse(frame));
}

function binary(expression: Expression & { kind: 'binary' }, unit: Unit): Evaluate {
  const { operator } = expression;
  if (operator === '??' || operator === '???') return coalescing(expression, unit);
  const left = unit.strict(expression.left);
  const right = unit.strict(expression.right);
  switch (operator) {
    case 'or':
      return (frame) => truth(left(frame)) || truth(right(frame));
    case 'and':
      return (frame) => truth(left(frame)) && truth(right(frame));
    case '==':
      return (frame) => equals(left(frame), right(frame), frame.budget);
    case '!=':
      return (frame) => !equals(left(frame), right(frame), frame.budget);
    case 'contains': {
      if (neverEqual(expression.left, expression.right))
        return (frame) => neverIn(left(frame), right(frame), frame.budget);
      return (frame) => contains(left(frame), right(frame), frame.budget);
    }
    case 'isIn':
      return (frame) => contains(right(frame), left(frame), frame.budget);
    case '~':
      return (frame) => {
        const [before, behind] = [left(frame), right(frame)];
        const text = concat(before, behind);
        if (typeof before === 'object' || typeof behind === 'object') spendOn(frame.budget, text);
        return text;
      };
    case '..':
      return (frame) => range(left(frame), right(frame), undefined, frame.budget);
    case '+':
      return (frame) => {
        const sum = add(left(frame), right(frame));
        if (typeof sum === 'object') spendOn(frame.budget, sum);
        return sum;
      };
    default:
      return numbers(operator, left, right);
  }
}

type Numbers = Exclude<
  BinaryOperator,
  'or' | 'and' | '==' | '!=' | 'contains' | 'isIn' | '~' | '..' | '??' | '???' | '+'
>;

function numbers(operator: Numbers, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case '<':
    case '>':
    case '<=':
    case '>=':
      return (frame) => compares(operator, left(frame), right(frame));
    case '-':
    case '*':
    case '/':
    case '%':
      return (frame) => arithmetic(operator, left(frame), right(frame));
  }
}

/** `??` takes the other side for null too, `???` only for what is missing. */
function coalescing({ operator, left, right }: Expression & { kind: 'binary' }, unit: Unit): Evaluate {
  const value = unit.lenient(left);
  const fallback = unit.strict(right);
  if (operator === '??') return (frame) => value(frame) ?? fallback(frame);
  return (frame) => {
    const found = value(frame);
    return found === undefined ? fallback(frame) : found;
  };
}

/**
 * Kestra's flows were written against Java's lists, in which the whole number of a template (a Long) is never equal to one of
 * the data (an Integer): `inputs.list contains 2` is false there, and so it is here.
 */
function neverEqual(left: Expression, right: Expression): boolean {
  const isData = left.kind === 'name' || left.kind === 'member' || left.kind === 'index';
  return isData && right.kind === 'literal' && typeof right.value === 'number';
}

function neverIn(left: unknown, right: unknown, budget: Budget): boolean {
  if (!Array.isArray(left)) return contains(left, right, budget);
  spendOn(budget, left);
  return left.some((item) => typeof item === 'number' && !isInteger32(item) && equals(item, right));
}

const isInteger32 = (value: number): boolean => (value | 0) === value;

function list({ items }: Expression & { kind: 'list' }, unit: Unit): Evaluate {
  const values = items.map((item) => unit.strict(item));
  return (frame) => {
    spend(frame.budget, values.length);
    return values.map((value) => value(frame));
  };
}

function map({ entries }: Expression & { kind: 'map' }, unit: Unit): Evaluate {
  const pairs = entries.map(([key, value]) => [unit.strict(key), unit.strict(value)] as const);
  return (frame) => {
    spend(frame.budget, pairs.length);
    return Object.fromEntries(pairs.map(([key, value]) => [print(key(frame)), value(frame)]));
  };
}
