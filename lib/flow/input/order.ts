/**
 * In what order inputs are resolved: after those that they name, by `dependsOn` or in a template; otherwise as they are written.
 * Inputs inside a form stand in the list under its id, and depend on what the form does.
 */
import { reachesOf } from '../../expression/render.ts';
import type { Input, InputDependency } from '../../model/flow.ts';
import { nearest } from '../../nearest.ts';
import type { Path } from '../../yaml/yaml.ts';
import type { Problems } from '../problems.ts';
import type { FormOptions } from './form.ts';
import { inputKind } from './table.ts';

export interface Place {
  /** With its whole id. */
  readonly input: Input;
  /** What must hold for it to be asked for: its own, and that of the form around it. */
  readonly gates: readonly InputDependency[];
  /** Places of the inputs that it names. */
  readonly needs: readonly number[];
  /** A template may read any: those before it come first. */
  readonly readsAll: boolean;
}

export function placesOf(inputs: readonly Input[]): readonly Place[] {
  const flat = inputs.flatMap((input) => expanded(input));
  const numbers = new Map(flat.map(({ input }, n) => [input.id, n]));
  return flat.map(({ input, gates }) => {
    const needs = new Set<number>();
    for (const id of gates.flatMap((gate) => gate.inputs)) if (numbers.has(id)) needs.add(numbers.get(id)!);
    let readsAll = false;
    for (const path of reachesOf([input.defaults, gates.map(({ condition }) => condition), templatesOf(input)])) {
      const [root, ...parts] = path;
      if (root === undefined || (root === 'inputs' && parts.length === 0)) readsAll = true;
      else if (root === 'inputs') for (const [id, n] of numbers) if (meet(id.split('.'), parts)) needs.add(n);
    }
    return { input, gates, needs: [...needs], readsAll };
  });
}

/** Whole ids of the inputs whose values are kept encrypted. */
export const sealedIds = (inputs: readonly Input[]): readonly string[] =>
  inputs.flatMap(expanded).flatMap(({ input }) => (inputKind(input.type)?.keeps === 'sealed' ? [input.id] : []));

const secretsOf = new WeakMap<readonly Input[], readonly string[]>();

/** The secrets that these paths read. A path to what is around one reads none. */
export function secretsIn(reaches: readonly (readonly string[])[], inputs: readonly Input[]): readonly string[] {
  let ids = secretsOf.get(inputs);
  if (!ids) secretsOf.set(inputs, (ids = sealedIds(inputs)));
  return ids.filter((id) =>
    reaches.some(([root, ...parts]) => {
      const path = id.split('.');
      return root === 'inputs' && parts.length >= path.length && meet(path, parts);
    }),
  );
}

const templatesOf = (input: Input): readonly string[] => Object.values(inputKind(input.type)?.templates?.(input) ?? {});

function expanded(input: Input): readonly Pick<Place, 'input' | 'gates'>[] {
  const own = input.dependsOn ? [input.dependsOn] : [];
  if (inputKind(input.type)?.keeps !== 'group') return [{ input, gates: own }];
  return (input as Input & FormOptions).inputs.map((inner) => ({
    input: { ...inner, id: `${input.id}.${inner.id}` },
    gates: inner.dependsOn ? [...own, inner.dependsOn] : own,
  }));
}

/** Whether one path is the other's beginning: `inputs.a` reads `a.b`, and `inputs.a.b` reads what is in `a`. */
const meet = (a: readonly string[], b: readonly string[]): boolean => {
  const shared = Math.min(a.length, b.length);
  return a.slice(0, shared).every((part, n) => part === b[n]);
};

/** What is named must be there, and no input may wait for itself. `pathOf` an input of the list. */
export function checkOrder(inputs: readonly Input[], pathOf: (input: Input) => Path, problems: Problems): void {
  const places = placesOf(inputs);
  const ids = new Set(places.map(({ input }) => input.id));
  const at = (id: string): Path => {
    const owner = inputs.find((input) => id === input.id || id.startsWith(`${input.id}.`));
    return [...pathOf(owner!), 'dependsOn'];
  };
  for (const { input, gates } of places)
    for (const named of gates.flatMap((gate) => gate.inputs))
      if (!ids.has(named)) {
        const kestra = `Input with id '${input.id}' depends on a non-existent input '${named}'.`;
        const hint = nearest(named, ids);
        const message = `expected inputs of this flow, got ${named}${hint ? ` (did you mean ${hint}?)` : ''}`;
        problems.error(at(input.id), message, { got: named, kestra });
      }
  const told = new Set<number>();
  for (const start of places.keys()) {
    const cycle = cycleFrom(places, start);
    if (!cycle || cycle.some((n) => told.has(n))) continue;
    for (const n of cycle) told.add(n);
    const names = cycle.map((n) => places[n]!.input.id);
    const kestra = `Cycle dependency detected for input with id '${names[0]}': [${names.join(', ')}]`;
    problems.error(at(names[0]!), `expected inputs that end somewhere, got a circle: ${names.join(' → ')}`, { kestra });
  }
}

/** The circle that an input stands in, if it does. */
function cycleFrom(places: readonly Place[], start: number): readonly number[] | undefined {
  const way: number[] = [];
  const seen = new Set<number>();
  const back = (n: number): boolean => {
    if (seen.has(n)) return false;
    seen.add(n);
    way.push(n);
    for (const next of places[n]!.needs) if (next === start || back(next)) return true;
    way.pop();
    return false;
  };
  return back(start) ? way : undefined;
}
