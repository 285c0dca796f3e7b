/** Histories go by the table of transitions, and never back in time; what has ended has nothing that lives. */
import { type History, isEnded, NEXT_STATES, stateOf } from '../../../lib/model/state.ts';
import type { Judge } from './evidence.ts';

const BACK_MS = 50;

export const judgeLegal: Judge = ({ records }) =>
  records.flatMap(({ id, flow, head, taskRuns, state }) => [
    ...faultsOf(`${flow} ${id}`, head.history),
    ...taskRuns.flatMap((taskRun) => [
      ...faultsOf(`${flow} ${id}, ${taskRun.taskId}`, taskRun.history),
      ...(isEnded(state) && !isEnded(stateOf(taskRun.history))
        ? [`${flow} ${id} is ${state}, its ${taskRun.taskId} ${stateOf(taskRun.history)}`]
        : []),
    ]),
    ...(isEnded(state) && head.taskRuns !== taskRuns.length
      ? [`${flow} ${id} ended with ${head.taskRuns} task runs, ${taskRuns.length} are shown`]
      : []),
  ]);

function faultsOf(what: string, history: History): readonly string[] {
  return history.slice(1).flatMap(([state, atMs], n) => {
    const [before, beforeMs] = history[n]!;
    return [
      ...(NEXT_STATES[before].includes(state) ? [] : [`${what}: ${before} → ${state}`]),
      ...(atMs < beforeMs - BACK_MS ? [`${what}: ${state} came ${beforeMs - atMs} ms before ${before}`] : []),
    ];
  });
}
