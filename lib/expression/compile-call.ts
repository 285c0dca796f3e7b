/** Calls of filters, functions, tests and macros → closures. Names and arguments are checked while compiling. */
import { nearest } from '../nearest.ts';
import type { Arguments, Expression } from './ast.ts';
import { type Budget, spend, spendOn, within } from './budget.ts';
import type { Call, ExpressionFunction } from './callable.ts';
import { ExpressionError, type Site } from './error.ts';
import { FILTERS } from './filters/table.ts';
import { deeper, type Evaluate, type Frame, guarded, type Macro, type Unit } from './frame.ts';
import { FUNCTIONS } from './functions/table.ts';
import { TESTS } from './tests.ts';

/** How a template renders the texts that `render()` gives it; set by the door, which knows how to compile. */
export type Renderer = (text: string, context: Call['context'], budget: Budget) => string;

type Named = { readonly name: string; readonly args: Arguments; readonly at: number };

export class Calls {
  readonly #render: Renderer;
  constructor(render: Renderer) {
    this.#render = render;
  }

  filter(named: Named, input: Evaluate, unit: Unit): Evaluate {
    const site = { source: unit.source, at: named.at };
    const filter = found(FILTERS, named.name, { what: 'filter', site });
    const args = bound(named, filter, unit);
    return guarded((frame) => {
      const value = input(frame) ?? null;
      if (value === null && !filter.takesNull) return null;
      if (typeof value === 'string') spendOn(frame.budget, value);
      return counted(filter.apply(value, valuesOf(args, frame), this.#call(frame)), frame);
    }, site);
  }

  /** A filter that forgives gets null for what is missing. */
  filtered(expression: Expression & { kind: 'filter' }, unit: Unit): Evaluate {
    const forgives = Object.hasOwn(FILTERS, expression.name) && FILTERS[expression.name]!.forgives;
    return this.filter(expression, forgives ? unit.lenient(expression.input) : unit.strict(expression.input), unit);
  }

  test(expression: Expression & { kind: 'test' }, unit: Unit): Evaluate {
    const { negated, at } = expression;
    const site = { source: unit.source, at };
    const test = found(TESTS, expression.name, { what: 'test', site });
    const input = test.forgives ? unit.lenient(expression.input) : unit.strict(expression.input);
    const args = bound(expression, test, unit);
    return guarded((frame) => test.holds(input(frame), valuesOf(args, frame)) !== negated, site);
  }

  call(expression: Expression & { kind: 'call' }, unit: Unit): Evaluate {
    const { name, at } = expression;
    const site = { source: unit.source, at };
    if (name === 'block') return blockCall(expression, unit);
    const macro = unit.macros.get(name);
    if (macro) return macroCall(expression, macro, unit);
    const called: ExpressionFunction = found(FUNCTIONS, name, { what: 'function', site });
    const args = called.variadic ? positional(expression, unit) : bound(expression, called, unit);
    return guarded((frame) => {
      spend(frame.budget, 1);
      return counted(called.call(valuesOf(args, frame), this.#call(frame)), frame);
    }, site);
  }

  #call({ context, budget }: Frame): Call {
    const render = this.#render;
    return { context, budget, render: (text) => deeper(budget, () => render(text, context, budget)) };
  }
}

/** A macro sees its arguments and the context, not the variables of the place that calls it. */
function macroCall(expression: Named, macro: Macro, unit: Unit): Evaluate {
  const parameters = macro.parameters.map(({ name }) => name);
  const args = bound(expression, { parameters }, unit);
  return guarded(
    (frame) => {
      spend(frame.budget, 1);
      const inner: Frame = { context: frame.context, budget: frame.budget, scope: { values: new Map() } };
      macro.parameters.forEach(({ name, fallback }, index) => {
        inner.scope!.values.set(name, args[index]?.(frame) ?? fallback?.(inner) ?? null);
      });
      return deeper(frame.budget, () => macro.write(inner));
    },
    { source: unit.source, at: expression.at },
  );
}

function blockCall({ args, at }: Named, unit: Unit): Evaluate {
  const name = args.positional[0];
  const site = { source: unit.source, at };
  const block = name?.kind === 'literal' ? unit.blocks.get(String(name.value)) : undefined;
  if (!block)
    throw new ExpressionError(
      'syntax',
      `expected the name of a block that stands before, got ${name?.kind === 'literal' ? `\`${name.value}\`` : 'none'}`,
      site,
    );
  return guarded((frame) => deeper(frame.budget, () => block(frame)), site);
}

type Wanted = { readonly what: string; readonly site: Site };

function found<T>(table: Readonly<Record<string, T>>, name: string, { what, site }: Wanted): T {
  if (Object.hasOwn(table, name)) return table[name]!;
  const near = nearest(name, Object.keys(table));
  throw new ExpressionError(
    'syntax',
    `expected a ${what}, got \`${name}\`, which there is not,`,
    site,
    near && `did you mean \`${near}\`?`,
  );
}

function bound(
  { name, args, at }: Named,
  shape: { readonly parameters: readonly string[]; readonly required?: number },
  unit: Unit,
): readonly (Evaluate | undefined)[] {
  const { parameters, required = 0 } = shape;
  const fault = (reason: string): ExpressionError => new ExpressionError('syntax', reason, { source: unit.source, at });
  if (args.positional.length > parameters.length) {
    throw fault(`expected at most ${parameters.length} arguments of \`${name}\`, got ${args.positional.length}`);
  }
  const slots: (Evaluate | undefined)[] = args.positional.map((value) => unit.strict(value));
  for (const { name: given, value } of args.named) {
    const slot = parameters.indexOf(given);
    if (slot === -1)
      throw fault(`expected an argument of \`${name}\` (${parameters.join(', ') || 'it has none'}), got \`${given}\``);
    slots[slot] = unit.strict(value);
  }
  for (let slot = 0; slot < required; slot++) {
    if (!slots[slot]) throw fault(`expected the argument \`${parameters[slot]}\` of \`${name}\`, got none`);
  }
  return slots;
}

function positional({ name, args, at }: Named, unit: Unit): readonly Evaluate[] {
  if (args.named.length > 0)
    throw new ExpressionError('syntax', `expected no names of arguments in \`${name}(…)\``, {
      source: unit.source,
      at,
    });
  return args.positional.map((value) => unit.strict(value));
}

function valuesOf(args: readonly (Evaluate | undefined)[], frame: Frame): readonly unknown[] {
  const values: unknown[] = [];
  for (let slot = 0; slot < args.length; slot++) values.push(args[slot]?.(frame));
  return values;
}

/** What a filter or a function makes is paid for, so that lists cannot double without an end. */
function counted(value: unknown, { budget }: Frame): unknown {
  spendOn(budget, value);
  return typeof value === 'string' ? within(value) : value;
}
