/**
 * The door of expressions: templates compiled once and kept, rendered with a context of plain values. Nothing here reads the
 * world; a template gets what its context holds and spends what its budget allows.
 */
import { COMPILED_CHARS_MAX, COMPILED_MAX, newBudget } from './budget.ts';
import { compiledUnit } from './compile-unit.ts';
import { ExpressionError, placed } from './error.ts';
import type { Context, Render } from './frame.ts';
import { type Reach, reachesIn, union } from './reaches.ts';
import { parseTemplate } from './template-parser.ts';
import { NO_WORLD, type World } from './world.ts';

export { ExpressionError } from './error.ts';
export type { Context } from './frame.ts';
export { NeedsFact, type World } from './world.ts';

export type Template = {
  /** @throws ExpressionError, NeedsFact */
  render(context: Context, world?: World): string;
  /** What it can read: see reaches.ts. */
  readonly reaches: readonly Reach[];
};

type Compiled = Template & { readonly renderWithin: (context: Context, render: Render) => string };

/** Condition texts that are false; every other one is true, `False` too. */
const FALSE_TEXTS: readonly string[] = ['', 'false', '0', '-0'];

const renderInner = (text: string, context: Context, render: Render): string =>
  isTemplate(text) ? compiled(text).renderWithin(context, render) : text;

/** Two generations: what was not asked for while the young one filled up is forgotten. */
let young = new Map<string, Compiled>();
let old = new Map<string, Compiled>();

/** @throws ExpressionError if it is no template, or names a filter, function or test that there is not. */
export function compile(template: string): Template {
  return compiled(template);
}

/** @throws ExpressionError, NeedsFact */
export function renderText(template: string, context: Context, world: World = NO_WORLD): string {
  return isTemplate(template) ? compiled(template).render(context, world) : template;
}

/** Renders every text in a value, keys of maps too. What holds no template comes back as it is. */
export function renderAll(value: unknown, context: Context, world: World = NO_WORLD): unknown {
  if (typeof value === 'string') return renderText(value, context, world);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renderAll(item, context, world));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [renderText(key, context, world), renderAll(item, context, world)]),
  );
}

/** The paths that a value's templates can read, all together. One that does not compile reads nothing: it fails before. */
export function reachesOf(value: unknown): readonly Reach[] {
  const lists: (readonly Reach[])[] = [];
  collect(value, lists);
  return union(lists);
}

export const isFalse = (text: string): boolean => FALSE_TEXTS.includes(text);

/** Says what is wrong with a template before there is a context; `undefined` if nothing is. */
export function checkTemplate(text: string): ExpressionError | undefined {
  if (!isTemplate(text)) return undefined;
  try {
    compiled(text);
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

export function isTemplate(text: string): boolean {
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next === 0x7b || next === 0x25 || next === 0x23) return true;
  }
  return false;
}

function compiled(source: string): Compiled {
  const known = young.get(source);
  if (known) return known;
  const fresh = old.get(source) ?? compileNow(source);
  if (source.length <= COMPILED_CHARS_MAX) {
    if (young.size >= COMPILED_MAX / 2) [old, young] = [young, new Map()];
    young.set(source, fresh);
  }
  return fresh;
}

function compileNow(source: string): Compiled {
  const site = { source, at: 0 };
  try {
    const parsed = parseTemplate(source);
    const write = compiledUnit(source, parsed, renderInner);
    const renderWithin = (context: Context, { world, budget }: Render): string => {
      try {
        return write({ names: context, context, world, budget });
      } catch (error) {
        throw placed(error, site);
      }
    };
    return {
      reaches: reachesIn(parsed.nodes),
      renderWithin,
      render: (context, world = NO_WORLD) => renderWithin(context, { world, budget: newBudget() }),
    };
  } catch (error) {
    throw placed(error, site);
  }
}

function collect(value: unknown, lists: (readonly Reach[])[]): void {
  if (typeof value === 'string') {
    if (isTemplate(value) && !checkTemplate(value)) lists.push(compiled(value).reaches);
  } else if (Array.isArray(value)) for (const item of value) collect(item, lists);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      collect(key, lists);
      collect(item, lists);
    }
  }
}
