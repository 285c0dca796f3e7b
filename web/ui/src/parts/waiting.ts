/** "Why is it waiting?" and "why did it fail?", in one sentence each, read from the states of the task runs. Pure. */
import type { ExecutionView, TaskRunView } from '../api.ts';
import { spanText } from '../time.ts';

/** A shorter wait is none: its sentence would flash and be gone. */
const WORTH_A_WORD_MS = 500;
/** A task that nobody has taken for so long is worth a word about workers. */
const UNTAKEN_MS = 5_000;
const NAMES_MAX = 3;

const lastDate = (run: TaskRunView): number => Date.parse(run.state.histories.at(-1)?.date ?? run.state.startDate);

/** Undefined when it does not wait: it has ended, or something runs. */
export function whyWaiting(execution: ExecutionView, now: number): string | undefined {
  const state = execution.state.current;
  if (state === 'QUEUED')
    return 'It waits until other executions of this flow have ended: the flow limits how many run at once.';
  if (state === 'PAUSED') return 'It is paused, until somebody resumes it.';
  if (state === 'KILLING') return 'It is being killed: running tasks are told to stop.';
  if (state !== 'CREATED' && state !== 'RUNNING' && state !== 'RESTARTED') return undefined;
  const runs = execution.taskRunList ?? [];
  if (runs.length === 0)
    return now - Date.parse(execution.state.startDate) > WORTH_A_WORD_MS
      ? 'No task has started yet: an executor takes it up. Is none there? `npx windhover doctor` shows them.'
      : undefined;
  const parents = new Set(runs.map(({ parentTaskRunId }) => parentTaskRunId));
  const live = runs.filter((run) => !run.state.endDate && !parents.has(run.id));
  if (live.some(({ state: { current } }) => current === 'RUNNING')) return undefined;
  return retryText(live, now) ?? untakenText(live, now) ?? pausedText(live);
}

function retryText(live: readonly TaskRunView[], now: number): string | undefined {
  const waiting = live.filter(({ state }) => state.current === 'RETRYING');
  if (waiting.length === 0) return undefined;
  const run = waiting[0]!;
  const reason = run.reason ? ` (${run.reason})` : '';
  return `${namesOf(waiting)} failed${reason} and will be tried again: attempt ${(run.attempts?.length ?? 0) + 1} follows, waiting for ${spanText(now - lastDate(run))}.`;
}

function untakenText(live: readonly TaskRunView[], now: number): string | undefined {
  const waiting = live.filter(({ state }) => ['CREATED', 'SUBMITTED', 'RESUBMITTED'].includes(state.current));
  if (waiting.length === 0) return undefined;
  const oldest = waiting.reduce((least, run) => Math.min(least, lastDate(run)), Number.POSITIVE_INFINITY);
  if (now - oldest <= WORTH_A_WORD_MS) return undefined;
  const again = waiting.some(({ state }) => state.current === 'RESUBMITTED')
    ? ' The worker that had it was lost; it is handed out anew.'
    : '';
  const hint =
    now - oldest > UNTAKEN_MS ? ' Are all workers busy, or is none there? `npx windhover doctor` shows them.' : '';
  return `${namesOf(waiting)} ${waiting.length === 1 ? 'has' : 'have'} waited ${spanText(now - oldest)} for a free worker.${again}${hint}`;
}

function pausedText(live: readonly TaskRunView[]): string | undefined {
  const paused = live.filter(({ state }) => state.current === 'PAUSED');
  return paused.length > 0
    ? `${namesOf(paused)} is paused, until somebody resumes it or its time has come.`
    : undefined;
}

function namesOf(runs: readonly TaskRunView[]): string {
  const names = [...new Set(runs.map(({ taskId }) => taskId))];
  const more = names.length - NAMES_MAX;
  return `${names.slice(0, NAMES_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What failed first, with its reason; undefined where nothing did. */
export function whyFailed(
  execution: ExecutionView,
): { readonly text: string; readonly taskRunId?: string } | undefined {
  if (execution.state.current !== 'FAILED' && execution.state.current !== 'WARNING') return undefined;
  const runs = execution.taskRunList ?? [];
  const parents = new Set(runs.map(({ parentTaskRunId }) => parentTaskRunId));
  const bad = runs.filter(
    ({ id, state }) => (state.current === 'FAILED' || state.current === 'WARNING') && !parents.has(id),
  );
  // A failed execution may hold tasks that only warned.
  const run = bad.find(({ state }) => state.current === execution.state.current) ?? bad[0];
  if (run)
    return {
      text: run.reason
        ? `${run.taskId}: ${run.reason}`
        : `${run.taskId} ended ${run.state.current}; its log says more.`,
      taskRunId: run.id,
    };
  return execution.reason ? { text: execution.reason } : undefined;
}
