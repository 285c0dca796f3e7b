/** What the task runs of an execution say of each task: its state, or how many iterations are in which. Pure. */
import type { TaskRunView } from '../api.ts';

export interface TaskState {
  /** The one that says most. */
  readonly state: string;
  /** Of many task runs: how many are in each state. */
  readonly counts?: readonly (readonly [state: string, count: number])[];
}

/** What a person should hear first. */
const LOUDEST = ['FAILED', 'KILLING', 'PAUSED', 'RETRYING', 'RUNNING', 'SUBMITTED', 'CREATED', 'WARNING', 'KILLED'];
const loudness = (state: string): number => {
  const place = LOUDEST.indexOf(state);
  return place < 0 ? LOUDEST.length : place;
};

export function statesOf(runs: readonly TaskRunView[]): ReadonlyMap<string, TaskState> {
  const counts = new Map<string, Map<string, number>>();
  for (const { taskId, state } of runs) {
    const of = counts.get(taskId) ?? new Map<string, number>();
    counts.set(taskId, of.set(state.current, (of.get(state.current) ?? 0) + 1));
  }
  return new Map(
    [...counts].map(([taskId, of]) => {
      const all = [...of].sort(([a], [b]) => loudness(a) - loudness(b));
      const many = all.length > 1 || all[0]![1] > 1;
      return [taskId, { state: all[0]![0], ...(many && { counts: all }) }];
    }),
  );
}

/** The task run that a click on a task means: what failed, what runs, else the last. */
export function runOf(taskId: string, runs: readonly TaskRunView[]): TaskRunView | undefined {
  const own = runs.filter((run) => run.taskId === taskId);
  return own.reduceRight<TaskRunView | undefined>(
    (best, run) => (!best || loudness(run.state.current) < loudness(best.state.current) ? run : best),
    undefined,
  );
}
