/** What a compiled template works on while it renders: the context, the variables of its own, the world, and what it has spent. */
import { type Budget, CALLS_DEPTH_MAX } from './budget.ts';
import { placed, type Site, ValueError } from './error.ts';
import type { World } from './world.ts';

/** Plain values only: maps, lists, texts, numbers, booleans and null. */
export type Context = Readonly<Record<string, unknown>>;

/** What is the same for a whole render, templates rendered by templates included. */
export type Render = { readonly world: World; readonly budget: Budget };

export type Scope = { readonly values: Map<string, unknown>; readonly up?: Scope };

/** `names`: what can be named, which inside a macro are only its arguments. `context`: what functions see. */
export type Frame = Render & { readonly names: Context; readonly context: Context; scope?: Scope };

export type Evaluate = (frame: Frame) => unknown;
export type Write = (frame: Frame) => string;

export const NO_NAMES: Context = Object.freeze({});

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
  return Object.hasOwn(frame.names, name) ? (frame.names[name] ?? null) : undefined;
}

/** Sets a variable where it stands already: in a scope, or over the context. A new one belongs to the innermost scope. */
export function assign(frame: Frame, name: string, value: unknown): void {
  let scope = innermost(frame);
  for (; scope.up; scope = scope.up) if (scope.values.has(name)) return void scope.values.set(name, value);
  const overContext = scope.values.has(name) || Object.hasOwn(frame.names, name);
  (overContext ? scope : innermost(frame)).values.set(name, value);
}

/** Works inside a scope of its own; the outermost scope, over the context, stays. */
export function scoped<T>(frame: Frame, values: Map<string, unknown>, work: () => T): T {
  const up = innermost(frame);
  frame.scope = { values, up };
  try {
    return work();
  } finally {
    frame.scope = up;
  }
}

const innermost = (frame: Frame): Scope => (frame.scope ??= { values: new Map() });

/** All that a template sees at this place, for functions that need the whole of it. */
export function visible(frame: Frame): Context {
  if (!frame.scope || frame.names !== frame.context) return frame.context;
  let seen: Context = {};
  for (let scope: Scope | undefined = frame.scope; scope; scope = scope.up)
    seen = { ...Object.fromEntries(scope.values), ...seen };
  return { ...frame.context, ...seen };
}
