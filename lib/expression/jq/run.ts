/** Runs a jq program's tree on a value: all that it gives, in order. */
import { type Budget, spend } from '../budget.ts';
import { ValueError } from '../error.ts';
import { isNumeric, plain } from '../value/number.ts';
import { builtin, recursed } from './builtins.ts';
import { isTrue, typeOf } from './order.ts';
import type { JqNode } from './syntax.ts';
import { combined, item, slice, textOf, valuesIn } from './values.ts';

export function runJq(node: JqNode, input: unknown, budget: Budget): readonly unknown[] {
  spend(budget, 1);
  const run = (inner: JqNode, value = input): readonly unknown[] => runJq(inner, value, budget);
  switch (node.kind) {
    case 'identity':
      return [input];
    case 'recurse':
      return recursed(input, budget);
    case 'literal':
      return [node.value];
    case 'index':
      return run(node.target).flatMap((target) => run(node.key).map((key) => item(target, key)));
    case 'slice': {
      const ends = (end?: JqNode): readonly unknown[] => (end ? run(end) : [null]);
      return run(node.target).flatMap((target) =>
        ends(node.to).flatMap((to) => ends(node.from).map((from) => slice(target, from, to))),
      );
    }
    case 'iterate':
      return run(node.target).flatMap(valuesIn);
    case 'try':
      return tried(() => run(node.target));
    case 'negate':
      return run(node.target).map(negated);
    case 'list':
      return [node.items ? run(node.items) : []];
    case 'object':
      return objects(node.entries, run);
    case 'binary':
      return binary(node, run, budget);
    case 'if':
      return run(node.condition).flatMap((holds) => run(isTrue(holds) ? node.yes : node.no));
    case 'call':
      return builtin(node.name, node.args.length)(
        input,
        node.args.map((arg) => (value) => run(arg, value)),
        budget,
      );
  }
}

type Run = (node: JqNode, value?: unknown) => readonly unknown[];

function tried(work: () => readonly unknown[]): readonly unknown[] {
  try {
    return work();
  } catch (error) {
    // What `?` is for; a budget that is spent is not.
    if (error instanceof ValueError && error.fault !== 'budget') return [];
    throw error;
  }
}

function negated(value: unknown): number {
  if (isNumeric(value)) return -plain(value);
  throw new ValueError(`jq: expected a number behind -, got ${typeOf(value)}`);
}

/** One for every combination of what its keys and values give. */
function objects(entries: readonly (readonly [JqNode, JqNode])[], run: Run): readonly unknown[] {
  let made: readonly (readonly (readonly [string, unknown])[])[] = [[]];
  for (const [key, value] of entries)
    made = made.flatMap((before) =>
      run(key).flatMap((name) => run(value).map((given) => [...before, [textOf(name, 'a key'), given] as const])),
    );
  return made.map((pairs) => Object.fromEntries(pairs));
}

function binary({ operator, left, right }: JqNode & { kind: 'binary' }, run: Run, budget: Budget): readonly unknown[] {
  switch (operator) {
    case '|':
      return run(left).flatMap((value) => run(right, value));
    case ',':
      return [...run(left), ...run(right)];
    case '//': {
      const found = tried(() => run(left)).filter(isTrue);
      return found.length > 0 ? found : run(right);
    }
    case 'and':
      return run(left).flatMap((value) => (isTrue(value) ? run(right).map(isTrue) : [false]));
    case 'or':
      return run(left).flatMap((value) => (isTrue(value) ? [true] : run(right).map(isTrue)));
    default:
      return run(right).flatMap((b) => run(left).map((a) => combined(operator, a, b, budget)));
  }
}
