/** A task's properties as its schema gets them: every text rendered, save those that the task marks as not dynamic. */
import type { AnyTask } from '../../plugins/sdk/index.ts';
import { renderAll, type World } from '../expression/render.ts';
import type { Task } from '../model/flow.ts';

const TEMPLATE = /\{\{|\{%|\{#/;
const WRAPPERS_MAX = 5;

interface Schema {
  meta?(): { readonly dynamic?: boolean } | undefined;
  readonly def?: { readonly innerType?: Schema };
}

type Properties = Readonly<Record<string, unknown>>;
const rendered = new WeakMap<Task, readonly string[]>();

/** Where the expressions of a task are rendered; asked only if there is something to render. */
interface Rendered {
  readonly roots: Properties;
  readonly facts: { wait<T>(work: (world: World) => T): T | Promise<T> };
}

/** A promise only where an expression asks for something that takes a while. */
export function renderProperties(task: Task, definition: AnyTask, within: Rendered): Properties | Promise<Properties> {
  let names = rendered.get(task);
  if (!names) {
    names = Object.keys(task.properties).filter(
      (name) => TEMPLATE.test(JSON.stringify(task.properties[name])) && isDynamic(definition, name),
    );
    rendered.set(task, names);
  }
  if (names.length === 0) return task.properties;
  return within.facts.wait((world) => {
    const properties: Record<string, unknown> = { ...task.properties };
    for (const name of names) properties[name] = renderAll(properties[name], within.roots, world);
    return properties;
  });
}

/** The mark may stand inside of what `.optional()` or `.default(…)` put around it. */
function isDynamic(definition: AnyTask, name: string): boolean {
  let schema = (definition.properties as { readonly shape?: Readonly<Record<string, Schema>> }).shape?.[name];
  for (let depth = 0; schema && depth < WRAPPERS_MAX; depth++) {
    if (schema.meta?.()?.dynamic === false) return false;
    schema = schema.def?.innerType;
  }
  return true;
}
