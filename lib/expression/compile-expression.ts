/** Expression → closure. Operands are compiled once; what a closure does when it runs is as little as its operator needs. */
import type { BinaryOperator, Expression } from './ast.ts';
import { type Budget, spend, spendOn, within } from './budget.ts';
import type { Calls } from './compile-call.ts';
import { compileMethod, compilePath } from './compile-path.ts';
import { ExpressionError } from './error.ts';
import { type Evaluate, guarded } from './frame.ts';
import type { Unit } from './node.ts';
import { arithmetic, negate } from './value/arithmetic.ts';
import { compares, contains, equals, holds, isIn } from './value/equality.ts';
import { literalMap } from './value/hash-order.ts';
import { range } from './value/range.ts';
import { javaText } from './value/text.ts';
import { truth } from './value/truth.ts';

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
      return guarded((frame) => arithmetic('*', 1, value(frame)), site);
  }
}

function ternary({ condition, yes, no, at }: Expression & { kind: 'ternary' }, unit: Unit): Evaluate {
  const [asked, whenTrue, whenFalse] = [unit.strict(condition), unit.strict(yes), unit.strict(no)];
  const answer = guarded((frame) => truth(asked(frame) ?? false), { source: unit.source, at });
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
    case 'contains':
      return (frame) => contains(left(frame), right(frame), frame.budget);
    case 'isIn':
      return (frame) => isIn(left(frame), right(frame), frame.budget);
    case '~':
      return (frame) => joined(left(frame) ?? '', right(frame) ?? '', frame.budget);
    case '..':
      return (frame) => range(left(frame), right(frame), undefined, frame.budget);
    case '+':
      return (frame) => add(left(frame), right(frame), frame.budget);
    case '-':
      return (frame) => subtract(left(frame), right(frame), frame.budget);
    default:
      return numbers(operator, left, right);
  }
}

type Numbers = Exclude<
  BinaryOperator,
  'or' | 'and' | '==' | '!=' | 'contains' | 'isIn' | '~' | '..' | '??' | '???' | '+' | '-'
>;

function numbers(operator: Numbers, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case '<':
    case '>':
    case '<=':
    case '>=':
      return (frame) => compares(operator, left(frame), right(frame));
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

/** A text on either side makes it a text; a list on the left is made longer. */
function add(left: unknown, right: unknown, budget: Budget): unknown {
  if (typeof left === 'string' || typeof right === 'string') return joined(left, right, budget);
  if (!Array.isArray(left)) return arithmetic('+', left, right);
  const sum = Array.isArray(right) ? [...left, ...right] : [...left, right];
  spendOn(budget, sum);
  return sum;
}

function subtract(left: unknown, right: unknown, budget: Budget): unknown {
  if (!Array.isArray(left)) return arithmetic('-', left, right);
  const taken = Array.isArray(right) ? right : [right];
  return left.filter((item) => !holds(taken, item, budget));
}

function joined(left: unknown, right: unknown, budget: Budget): string {
  const text = within(javaText(left) + javaText(right));
  if (typeof left === 'object' || typeof right === 'object') spendOn(budget, text);
  return text;
}

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
    return literalMap(pairs.map(([key, value]) => [javaText(key(frame)), value(frame)]));
  };
}
