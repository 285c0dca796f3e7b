/**
 * Which paths of the context a template can read, found without rendering it: too many rather than too few. A path means all that
 * is below it; a computed key ends it; the empty path is the whole context, where that cannot be known (`render()`, `fetchContext()`).
 */
import type { Arguments, Expression } from './ast.ts';
import { FUNCTIONS } from './functions/table.ts';
import type { Node, Walk } from './node.ts';

export type Reach = readonly string[];

export function reachesIn(nodes: readonly Node[]): readonly Reach[] {
  const found = new Map<string, Reach>();
  for (const node of nodes) node.walk(new Reacher(found, new Set()));
  return [...found.values()];
}

export function union(lists: Iterable<readonly Reach[]>): readonly Reach[] {
  const found = new Map<string, Reach>();
  for (const list of lists) for (const reach of list) found.set(keyOf(reach), reach);
  return [...found.values()];
}

const keyOf = (reach: Reach): string => JSON.stringify(reach);

/** `own`: names of loop variables and macro parameters, which are not the context's. */
class Reacher implements Walk {
  readonly #found: Map<string, Reach>;
  readonly #own: ReadonlySet<string>;

  constructor(found: Map<string, Reach>, own: ReadonlySet<string>) {
    this.#found = found;
    this.#own = own;
  }

  inside(names: readonly string[]): Walk {
    return new Reacher(this.#found, new Set([...this.#own, ...names]));
  }

  nodes(nodes: readonly Node[]): void {
    for (const node of nodes) node.walk(this);
  }

  /** The variable keeps counting as the context's: whether the tag is ever reached cannot be known. */
  sets(): void {}

  expression(expression: Expression): void {
    if (expression.kind === 'name' || expression.kind === 'member' || expression.kind === 'index') {
      const { path, inner } = accessOf(expression);
      for (const part of inner) this.expression(part);
      if (path && !this.#own.has(path[0]!)) this.#add(path);
      return;
    }
    if (expression.kind === 'call') this.#addReads(expression.name);
    for (const part of partsOf(expression)) this.expression(part);
  }

  #add(reach: Reach): void {
    this.#found.set(keyOf(reach), reach);
  }

  /** What a function reads by itself. */
  #addReads(name: string): void {
    const { reads } = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]! : {};
    if (reads === 'all') this.#add([]);
    else for (const root of reads ?? []) this.#add([root]);
  }
}

/**
 * The path of names that an access walks, up to a computed key, and where it begins; without a path where it starts at no name.
 * `inner`: what keys, and what it starts at, are computed from.
 */
export function accessOf(expression: Expression): {
  readonly at: number;
  readonly path?: Reach;
  readonly inner: readonly Expression[];
} {
  const steps: (string | undefined)[] = [];
  const inner: Expression[] = [];
  let at = expression;
  for (; at.kind === 'member' || at.kind === 'index'; at = at.object) {
    if (at.kind === 'member') steps.unshift(at.name);
    else if (at.key.kind === 'literal' && typeof at.key.value !== 'object') steps.unshift(String(at.key.value));
    else {
      inner.push(at.key);
      steps.unshift(undefined);
    }
  }
  if (at.kind !== 'name') return { at: at.at, inner: [...inner, at] };
  const computed = steps.indexOf(undefined);
  return { at: at.at, path: [at.name, ...((computed === -1 ? steps : steps.slice(0, computed)) as string[])], inner };
}

type Composed = Exclude<Expression, { kind: 'name' | 'member' | 'index' }>;

export function partsOf(expression: Composed): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'method':
      return [expression.object, ...valuesIn(expression.args)];
    case 'call':
      return valuesIn(expression.args);
    case 'filter':
    case 'test':
      return [expression.input, ...valuesIn(expression.args)];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'ternary':
      return [expression.condition, expression.yes, expression.no];
    case 'list':
      return expression.items;
    case 'map':
      return expression.entries.flat();
  }
}

const valuesIn = ({ positional, named }: Arguments): readonly Expression[] => [
  ...positional,
  ...named.map(({ value }) => value),
];
