/** What runs although the end is written: the flow's `afterExecution`, then the tasks of listeners whose conditions hold. */
import type { Subject } from '../condition/condition.ts';
import { holds } from '../condition/table.ts';
import type { Listener, Task } from '../model/flow.ts';
import { stateOf } from '../model/state.ts';
import type { Draft } from './draft.ts';
import { reasonOf, renderIn } from './look.ts';

/** Ids of these tasks, in their order. */
export function closingOf(draft: Draft): readonly string[] {
  const { flow } = draft;
  if (flow.afterExecution.length + flow.listeners.length === 0) return [];
  const heard = flow.listeners.filter((listener) => isMeant(draft, listener));
  return [...flow.afterExecution, ...heard.flatMap(({ tasks }) => tasks)]
    .filter(({ disabled }) => !disabled)
    .map(({ id }: Task) => id);
}

/** A condition that cannot be judged does not hold. */
function isMeant(draft: Draft, { conditions }: Listener): boolean {
  if (conditions.length === 0) return true;
  const subject = subjectOf(draft);
  try {
    return conditions.every((condition) => holds(condition, subject));
  } catch (error) {
    draft.log('WARN', `the condition of a listener: ${reasonOf(error)}`);
    return false;
  }
}

function subjectOf(draft: Draft): Omit<Subject, 'holds'> {
  const { flow, state, head } = draft;
  const retried = [...flow.taskOf.keys()]
    .flatMap((taskId) => draft.taskRunsOf(taskId))
    .map((id) => draft.taskRun(id)!)
    .filter(({ attempts }) => attempts.length > 1)
    .map(({ history }) => stateOf(history));
  return { flow, state, labels: head.labels, retried, render: (text) => String(renderIn(draft, text)) };
}
