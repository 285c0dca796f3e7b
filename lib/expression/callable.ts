/** The shape of a filter, a function and a test, as their tables hold them. Arguments arrive by their place in `parameters`; `undefined` is one not given. */
import type { Budget } from './budget.ts';
import type { Context } from './frame.ts';
import type { World } from './world.ts';

export type Call = {
  /** All that the template sees where it calls. */
  readonly context: Context;
  readonly world: World;
  readonly budget: Budget;
  /** Renders a text as a template of the same context, within the same budget. */
  render(text: string): string;
};

type Shape = {
  readonly parameters: readonly string[];
  /** How many of them must be given. */
  readonly required?: number;
};

/** A null goes through a filter untouched, unless it says that it takes null. */
export type Filter = Shape & {
  readonly takesNull?: boolean;
  /** What is missing counts as null. */
  readonly forgives?: boolean;
  apply(input: unknown, args: readonly unknown[], call: Call): unknown;
};

export type ExpressionFunction = Shape & {
  /** Takes any number of arguments without names. */
  readonly variadic?: boolean;
  /** Roots of the context that it reads by itself; `all` if that cannot be known before. */
  readonly reads?: readonly string[] | 'all';
  call(args: readonly unknown[], call: Call): unknown;
};

export type Test = Shape & {
  /** What is missing is `undefined`. */
  readonly forgives?: boolean;
  holds(input: unknown, args: readonly unknown[], call: Pick<Call, 'budget'>): boolean;
};
