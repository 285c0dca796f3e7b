/**
 * What a template names in its context, and where, for whoever knows what there will be: `inputs.nme` can be told before anything
 * runs. What the template forgives where it is missing (`??`, `default`, `is defined`) is not among it, nor what it sets itself.
 */
import type { Expression } from './ast.ts';
import { ExpressionError, type Site } from './error.ts';
import { FILTERS } from './filters/table.ts';
import type { Node, Walk } from './node.ts';
import { accessOf, partsOf, type Reach } from './reaches.ts';
import { parseTemplate } from './template-parser.ts';
import { TESTS } from './tests/table.ts';

export interface Mention {
  readonly path: Reach;
  /** The fault that it is, in a sentence with its place, where there is no such thing. */
  fault(reason: string, hint?: string): ExpressionError;
}

/** Of a template that compiles. */
export function mentionsIn(source: string): readonly Mention[] {
  const told: Told = { found: [], forgiven: new Set(), set: new Set() };
  for (const node of parseTemplate(source).nodes) node.walk(new Mentioner(told, new Set()));
  return told.found
    .filter(({ path }) => !told.set.has(path[0]!) && !told.forgiven.has(keyOf(path)))
    .map(({ path, at }) => {
      const site: Site = { source, at };
      return { path, fault: (reason, hint) => new ExpressionError('missing', reason, site, hint) };
    });
}

interface Told {
  readonly found: { readonly path: Reach; readonly at: number }[];
  /** Paths that the template asks after somewhere: what stands behind an `if` is not told apart. */
  readonly forgiven: Set<string>;
  readonly set: Set<string>;
}

/** By the first two names: `inputs.a is defined` speaks of `inputs.a.b` too. */
const keyOf = (path: Reach): string => JSON.stringify(path.slice(0, 2));

class Mentioner implements Walk {
  readonly #told: Told;
  readonly #own: ReadonlySet<string>;

  constructor(told: Told, own: ReadonlySet<string>) {
    this.#told = told;
    this.#own = own;
  }

  inside(names: readonly string[]): Walk {
    return new Mentioner(this.#told, new Set([...this.#own, ...names]));
  }

  nodes(nodes: readonly Node[]): void {
    for (const node of nodes) node.walk(this);
  }

  sets(name: string): void {
    this.#told.set.add(name);
  }

  expression(expression: Expression): void {
    if (expression.kind === 'name' || expression.kind === 'member' || expression.kind === 'index') {
      const { at, path, inner } = accessOf(expression);
      for (const part of inner) this.expression(part);
      if (path && !this.#own.has(path[0]!)) this.#told.found.push({ path, at });
      return;
    }
    const forgiven = forgivenIn(expression);
    const path = forgiven && accessOf(forgiven).path;
    if (path) this.#told.forgiven.add(keyOf(path));
    for (const part of partsOf(expression)) this.expression(part);
  }
}

function forgivenIn(expression: Expression): Expression | undefined {
  switch (expression.kind) {
    case 'binary':
      return expression.operator === '??' || expression.operator === '???' ? expression.left : undefined;
    case 'filter':
      return Object.hasOwn(FILTERS, expression.name) && FILTERS[expression.name]!.forgives
        ? expression.input
        : undefined;
    case 'test':
      return Object.hasOwn(TESTS, expression.name) && TESTS[expression.name]!.forgives ? expression.input : undefined;
    default:
      return undefined;
  }
}
