/**
 * Which paths of the context a template can read, found without rendering it: too many rather than too few. A path means all that
 * is below it; a computed key ends it; the empty path is the whole context, where that cannot be known (`render()`, `fetchContext()`).
 */
import type { Arguments, Expression, Node } from './ast.ts';
import { FUNCTIONS } from './functions/table.ts';

export type Reach = readonly string[];

/** `own`: names of loop variables and macro parameters, which are not the context's. */
type Walk = {
  readonly found: Map<string, Reach>;
  readonly own: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
};

export function reachesIn(nodes: readonly Node[]): readonly Reach[] {
  const found = new Map<string, Reach>();
  const macros = new Set(nodes.flatMap((node) => (node.kind === 'macro' ? [node.name] : [])));
  walkNodes(nodes, { found, own: new Set(), macros });
  return [...found.values()];
}

export function union(lists: Iterable<readonly Reach[]>): readonly Reach[] {
  const found = new Map<string, Reach>();
  for (const list of lists) for (const reach of list) found.set(keyOf(reach), reach);
  return [...found.values()];
}

const keyOf = (reach: Reach): string => JSON.stringify(reach);
const add = ({ found }: Walk, reach: Reach): unknown => found.set(keyOf(reach), reach);
const inside = (walk: Walk, names: readonly string[]): Walk => ({ ...walk, own: new Set([...walk.own, ...names]) });

function walkNodes(nodes: readonly Node[], walk: Walk): void {
  for (const node of nodes) walkNode(node, walk);
}

function walkNode(node: Node, walk: Walk): void {
  switch (node.kind) {
    case 'text':
      break;
    case 'print':
    // A variable that is set keeps counting as the context's: whether the tag is ever reached cannot be known.
    case 'set':
      walkExpression(node.value, walk);
      break;
    case 'if':
      for (const { condition, body } of node.branches) {
        walkExpression(condition, walk);
        walkNodes(body, walk);
      }
      walkNodes(node.otherwise, walk);
      break;
    case 'for':
      walkExpression(node.values, walk);
      walkNodes(node.body, inside(walk, [node.name, 'loop']));
      walkNodes(node.otherwise, walk);
      break;
    case 'macro': {
      const own = inside(
        walk,
        node.parameters.map(({ name }) => name),
      );
      for (const { fallback } of node.parameters) if (fallback) walkExpression(fallback, walk);
      walkNodes(node.body, own);
      break;
    }
    case 'block':
      walkNodes(node.body, walk);
      break;
    case 'filtered':
      for (const { args } of node.filters) for (const value of valuesIn(args)) walkExpression(value, walk);
      walkNodes(node.body, walk);
  }
}

function walkExpression(expression: Expression, walk: Walk): void {
  if (expression.kind === 'name' || expression.kind === 'member' || expression.kind === 'index') {
    const path = pathOf(expression, walk);
    if (path && !walk.own.has(path[0]!)) add(walk, path);
    return;
  }
  if (expression.kind === 'call') addReads(expression.name, walk);
  for (const part of partsOf(expression)) walkExpression(part, walk);
}

type Composed = Exclude<Expression, { kind: 'name' | 'member' | 'index' }>;

function partsOf(expression: Composed): readonly Expression[] {
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

/** What a function reads by itself. */
function addReads(name: string, walk: Walk): void {
  if (walk.macros.has(name) || !Object.hasOwn(FUNCTIONS, name)) return;
  const { reads } = FUNCTIONS[name]!;
  if (reads === 'all') add(walk, []);
  else for (const root of reads ?? []) add(walk, [root]);
}

/** The path of names that an access walks; what it is computed from is walked on its own. `undefined` if it starts at no name. */
function pathOf(expression: Expression, walk: Walk): readonly string[] | undefined {
  const steps: (string | undefined)[] = [];
  let at = expression;
  for (; at.kind === 'member' || at.kind === 'index'; at = at.object) {
    if (at.kind === 'member') steps.unshift(at.name);
    else if (at.key.kind === 'literal' && typeof at.key.value !== 'object') steps.unshift(String(at.key.value));
    else {
      walkExpression(at.key, walk);
      steps.unshift(undefined);
    }
  }
  if (at.kind !== 'name') {
    walkExpression(at, walk);
    return undefined;
  }
  const computed = steps.indexOf(undefined);
  return [at.name, ...((computed === -1 ? steps : steps.slice(0, computed)) as string[])];
}
