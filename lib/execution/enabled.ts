/** The tasks of a list that are not disabled; the list itself where all are. */
import type { Task } from '../model/flow.ts';

const enabledOf = new WeakMap<readonly Task[], readonly Task[]>();

export function enabled(tasks: readonly Task[] | undefined): readonly Task[] {
  if (!tasks) return [];
  let list = enabledOf.get(tasks);
  if (!list)
    enabledOf.set(
      tasks,
      (list = tasks.some(({ disabled }) => disabled) ? tasks.filter(({ disabled }) => !disabled) : tasks),
    );
  return list;
}
