/** Calls of filters, functions, tests, macros and blocks → closures. Names and arguments are checked while compiling. */
import { nearest } from '../nearest.ts';
import type { Arguments, Expression } from './ast.ts';
import { spend, spendOn, within } from './budget.ts';
import type { Call, ExpressionFunction } from './callable.ts';
import { ExpressionError, type Site, ValueError } from './error.ts';
import { FILTERS } from './filters/table.ts';
import {
  type Context,
  deeper,
  type Evaluate,
  type Frame,
  guarded,
  NO_NAMES,
  type Render,
  visible,
  type Write,
} from './frame.ts';
import { FUNCTIONS } from './functions/table.ts';
import type { CompiledMacro, Named, Unit } from './node.ts';
import { TESTS } from './tests/table.ts';
import { javaText } from './value/text.ts';

/** How a template renders the texts that `render()` gives it; set by the door, which knows how to compile. */
export type Renderer = (text: string, context: Context, render: Render) => string;

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
      return counted(filter.apply(value, valuesOf(args, frame), new CallIn(frame, this.#render)), frame);
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
    return guarded((frame) => test.holds(input(frame), valuesOf(args, frame), frame) !== negated, site);
  }

  /** A function of ours comes before a macro of the same name. */
  call(expression: Expression & { kind: 'call' }, unit: Unit): Evaluate {
    const { name, at } = expression;
    const site = { source: unit.source, at };
    if (name === 'block') return blockCall(expression, unit);
    const macro = Object.hasOwn(FUNCTIONS, name) ? undefined : unit.macro(name);
    if (macro) return macroCall(expression, macro, unit);
    const called: ExpressionFunction = found(FUNCTIONS, name, { what: 'function', site });
    const args = called.variadic ? positional(expression, unit) : bound(expression, called, unit);
    return guarded((frame) => {
      spend(frame.budget, 1);
      return counted(called.call(valuesOf(args, frame), new CallIn(frame, this.#render)), frame);
    }, site);
  }
}

/** A class, since V8 gives an object with a getter of its own a shape of its own, which holds on to all that the getter sees. */
class CallIn implements Call {
  readonly world: Call['world'];
  readonly budget: Call['budget'];
  readonly #frame: Frame;
  readonly #renderer: Renderer;

  constructor(frame: Frame, renderer: Renderer) {
    this.world = frame.world;
    this.budget = frame.budget;
    this.#frame = frame;
    this.#renderer = renderer;
  }

  get context(): Context {
    return visible(this.#frame);
  }

  readonly render: Call['render'] = (text) =>
    deeper(this.budget, () => this.#renderer(text, this.context, this.#frame));
}

/** A macro sees its arguments, and nothing of the context or of the place that calls it. */
function macroCall(expression: Named, macro: CompiledMacro, unit: Unit): Evaluate {
  const parameters = macro.parameters.map(({ name }) => name);
  const args = bound(expression, { parameters }, unit);
  return guarded(
    (frame) => {
      spend(frame.budget, 1);
      const values = new Map<string, unknown>();
      const inner: Frame = { ...frame, names: NO_NAMES, scope: { values } };
      macro.parameters.forEach(({ name, fallback }, index) => {
        const given = args[index];
        values.set(name, (given ? given(frame) : fallback?.(inner)) ?? null);
      });
      return deeper(frame.budget, () => macro.write(inner));
    },
    { source: unit.source, at: expression.at },
  );
}

/** The block may stand anywhere in the template. */
function blockCall({ name, args, at }: Named, unit: Unit): Evaluate {
  const site = { source: unit.source, at };
  const [first] = bound({ name, args, at }, { parameters: ['name'], required: 1 }, unit);
  return guarded((frame) => {
    const wanted = javaText(first!(frame));
    const write: Write | undefined = unit.block(wanted);
    if (!write) throw new ValueError(`expected the name of a block of this template, got \`${wanted}\``);
    return deeper(frame.budget, () => write(frame));
  }, site);
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

function positional(
  { name, args, at }: { name: string; args: Arguments; at: number },
  unit: Unit,
): readonly Evaluate[] {
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
