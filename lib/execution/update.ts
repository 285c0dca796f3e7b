/** What a task that has ended changes in its own execution: labels, variables, its end. */
import { isMap } from '../expression/value/map.ts';
import type { TaskRun } from '../model/execution.ts';
import type { ExecutionUpdate } from '../model/message.ts';
import type { State } from '../model/state.ts';
import type { Draft } from './draft.ts';

type Values = Readonly<Record<string, unknown>>;

/** A sentence where it cannot be done, and nothing is. `by`: the task run that asks for it. */
export function updateExecution(draft: Draft, update: ExecutionUpdate, by: TaskRun): string | undefined {
  const before = draft.head.variables ?? draft.flow.variables;
  let variables = before;
  if (update.variables) {
    const taken = Object.keys(update.variables).find(
      (name) => update.overwrite === false && Object.hasOwn(before, name),
    );
    if (taken !== undefined) return `variables.${taken}: expected a name that is not set yet, as overwrite is false`;
    variables = merged(variables, update.variables);
  }
  for (const path of update.unset ?? []) {
    const without = removed(variables, path.split('.'));
    if (without === undefined && update.ignoreMissing === false)
      return `variables: expected ${path} to be set, got nothing`;
    variables = without ?? variables;
  }
  if (variables !== before) draft.head = { ...draft.head, variables };
  if (update.labels) draft.head = { ...draft.head, labels: { ...draft.head.labels, ...update.labels } };
  if (update.exit !== undefined) exitFrom(draft, by, update.exit);
  return undefined;
}

/** Those around the task run end in that state, too. */
function exitFrom(draft: Draft, { parentId }: TaskRun, ending: State): void {
  draft.head = { ...draft.head, ending };
  for (let at = parentId && draft.taskRun(parentId); at; at = at.parentId && draft.taskRun(at.parentId))
    draft.put({ ...at, ending });
}

function merged(values: Values, changes: Values): Values {
  const result: Record<string, unknown> = { ...values };
  for (const [name, change] of Object.entries(changes)) {
    const known = Object.hasOwn(result, name) ? result[name] : undefined;
    result[name] = isMap(known) && isMap(change) ? merged(known, change) : change;
  }
  return result;
}

/** Undefined where it is not there. */
function removed(values: Values, [name = '', ...rest]: readonly string[]): Values | undefined {
  if (!Object.hasOwn(values, name)) return undefined;
  const { [name]: inner, ...others } = values;
  if (rest.length === 0) return others;
  const left = isMap(inner) ? removed(inner, rest) : undefined;
  return left && { ...others, [name]: left };
}
