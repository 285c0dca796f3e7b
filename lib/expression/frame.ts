/** What a compiled template works on while it renders: the context, the variables of its own, and what it has spent. */
import type { Expression } from './ast.ts';
import { type Budget, CALLS_DEPTH_MAX } from './budget.ts';
import { placed, type Site, ValueError } from './error.ts';

/** Plain values only: maps, lists, texts, numbers, booleans and null. */
export type Context = Readonly<Record<string, unknown>>;

export type Scope = { readonly values: Map<string, unknown>; readonly up?: Scope };
export type Frame = { readonly context: Context; readonly budget: Budget; scope?: Scope };

export type Evaluate = (frame: Frame) => unknown;
export type Write = (frame: Frame) => string;

export type Macro = {
  readonly parameters: readonly { readonly name: string; readonly fallback?: Evaluate }[];
  write: Write;
};

/** One template while it is being compiled. */
export type Unit = {
  readonly source: string;
  readonly macros: Map<string, Macro>;
  readonly blocks: Map<string, Write>;
  /** @throws where something is missing, when it is evaluated. */
  strict(expression: Expression): Evaluate;
  /** What is missing is `undefined`, when it is evaluated. */
  lenient(expression: Expression): Evaluate;
};

/** Gives what fails in `evaluate` its place. */
export function guarded<T>(evaluate: (frame: Frame) => T, site: Site): (frame: Frame) => T {
  return (frame) => {
    try {
      return evaluate(frame);
    } catch (error) {
      throw placed(error, site);
    }
  };
}

/** One level deeper: a macro that is called, a text that is rendered by a template. */
export function deeper<T>(budget: Budget, work: () => T): T {
  if (budget.depth >= CALLS_DEPTH_MAX)
    throw new ValueError(`expected at most ${CALLS_DEPTH_MAX} calls inside one another`, 'budget');
  budget.depth++;
  try {
    return work();
  } finally {
    budget.depth--;
  }
}

/** The value of a name, of the template's own variables first; `undefined` if there is none. */
export function lookUp(frame: Frame, name: string): unknown {
  for (let scope = frame.scope; scope; scope = scope.up) {
    const value = scope.values.get(name);
    if (value !== undefined) return value;
  }
  return Object.hasOwn(frame.context, name) ? (frame.context[name] ?? null) : undefined;
}

/** Sets a variable where it stands already, or in the innermost scope. */
export function assign(frame: Frame, name: string, value: unknown): void {
  for (let scope = frame.scope; scope; scope = scope.up) {
    if (scope.values.has(name)) return void scope.values.set(name, value);
  }
  frame.scope ??= { values: new Map() };
  frame.scope.values.set(name, value);
}
