/** "Why is it waiting?" and "why did it fail?", in one sentence each, read from the states of the task runs. Pure. */
import type { ExecutionView, TaskRunView } from '../../api.ts';
import { shortDateText, spanText } from '../../time.ts';

/** A shorter wait is none: its sentence would flash and be gone. */
const WORTH_A_WORD_MS = 500;
/** A task that nobody has taken for so long is worth a word about workers. */
const UNTAKEN_MS = 5_000;
const NAMES_MAX = 3;

const lastDate = (run: TaskRunView): number => Date.parse(run.state.histories.at(-1)?.date ?? run.state.startDate);

export interface Sentence {
  readonly text: string;
  /** The task run that it is about. */
  readonly taskRunId?: string;
  /** The execution that it waits for. */
  readonly executionId?: string;
  /** Whether somebody is there to take it, the page of services tells. */
  readonly services?: boolean;
  /** It waits for a time: who does not want to wait can make it go on. */
  readonly timed?: boolean;
}

const OF_STATES: Readonly<Record<string, string>> = {
  QUEUED: 'It waits until other executions of this flow have ended: the flow limits how many run at once.',
  KILLING: 'It is being killed: running tasks are told to stop.',
};
const LOOKED_INTO: ReadonlySet<string> = new Set(['CREATED', 'RUNNING', 'RESTARTED', 'PAUSED']);

/** Undefined when it does not wait: it has ended, or something runs. */
export function whyWaiting(execution: ExecutionView, now: number): Sentence | undefined {
  const state = execution.state.current;
  if (OF_STATES[state]) return { text: OF_STATES[state] };
  if (!LOOKED_INTO.has(state)) return undefined;
  const runs = execution.taskRunList ?? [];
  const parents = new Set(runs.map(({ parentTaskRunId }) => parentTaskRunId));
  const live = runs.filter((run) => !run.state.endDate && !parents.has(run.id));
  if (state === 'PAUSED')
    return pausedText(live, now) ?? { text: 'Somebody has paused it: no task begins until somebody resumes it.' };
  if (runs.length === 0)
    return now - Date.parse(execution.state.startDate) > WORTH_A_WORD_MS
      ? { text: 'No task has started yet: an executor takes it up. Is none there?', services: true }
      : undefined;
  const works = (run: TaskRunView) => run.state.current === 'RUNNING' && !run.dueDate && !startedBy(run);
  if (live.some(works)) return undefined;
  return (
    retryText(live, now) ?? untakenText(live, now) ?? pausedText(live, now) ?? loopText(live, now) ?? childText(live)
  );
}

/** The execution that a Subflow has started. */
const startedBy = ({ outputs }: TaskRunView): unknown => outputs?.executionId;

/** When it goes on, both as a person waits and as a clock shows it. */
function untilText({ dueDate }: TaskRunView, now: number): string | undefined {
  if (dueDate === undefined) return undefined;
  const ms = Date.parse(dueDate) - now;
  return ms > 0 ? `in ${spanText(ms, true)} (${shortDateText(dueDate, now)})` : 'at any moment';
}

function retryText(live: readonly TaskRunView[], now: number): Sentence | undefined {
  const waiting = live.filter(({ state }) => state.current === 'RETRYING');
  if (waiting.length === 0) return undefined;
  const run = waiting.reduce((first, each) => ((each.dueDate ?? '') < (first.dueDate ?? '') ? each : first));
  const reason = run.reason ? ` (${run.reason})` : '';
  const when = untilText(run, now) ?? `after a while; it has waited ${spanText(now - lastDate(run), true)}`;
  return {
    text: `${namesOf(waiting)} failed${reason} and will be tried again: attempt ${(run.attempts?.length ?? 0) + 1} follows ${when}.`,
    taskRunId: run.id,
    timed: true,
  };
}

function untakenText(live: readonly TaskRunView[], now: number): Sentence | undefined {
  const waiting = live.filter(({ state }) => ['CREATED', 'SUBMITTED', 'RESUBMITTED'].includes(state.current));
  if (waiting.length === 0) return undefined;
  const oldest = waiting.reduce((least, run) => Math.min(least, lastDate(run)), Number.POSITIVE_INFINITY);
  if (now - oldest <= WORTH_A_WORD_MS) return undefined;
  const again = waiting.some(({ state }) => state.current === 'RESUBMITTED')
    ? ' The worker that had it was lost; it is handed out anew.'
    : '';
  const hint =
    now - oldest > UNTAKEN_MS
      ? ' Are all workers busy, or is none there, or none of the group that the task names?'
      : '';
  return {
    text: `${namesOf(waiting)} ${waiting.length === 1 ? 'has' : 'have'} waited ${spanText(now - oldest)} for a free worker.${again}${hint}`,
    services: hint !== '',
  };
}

function pausedText(live: readonly TaskRunView[], now: number): Sentence | undefined {
  const paused = live.filter(({ state }) => state.current === 'PAUSED');
  if (paused.length === 0) return undefined;
  const until = untilText(paused[0]!, now);
  return {
    text: `${namesOf(paused)} is paused until somebody resumes it${until ? `; otherwise it goes on ${until}` : ''}.`,
    taskRunId: paused[0]!.id,
  };
}

function loopText(live: readonly TaskRunView[], now: number): Sentence | undefined {
  const run = live.find(({ dueDate }) => dueDate !== undefined);
  return run && { text: `${run.taskId} begins its next round ${untilText(run, now)}.`, taskRunId: run.id, timed: true };
}

function childText(live: readonly TaskRunView[]): Sentence | undefined {
  const calling = live.filter((run) => startedBy(run) !== undefined);
  if (calling.length === 0) return undefined;
  return {
    text: `${namesOf(calling)} waits for the end of the execution that it started.`,
    executionId: String(startedBy(calling[0]!)),
  };
}

function namesOf(runs: readonly TaskRunView[]): string {
  const names = [...new Set(runs.map(({ taskId }) => taskId))];
  const more = names.length - NAMES_MAX;
  return `${names.slice(0, NAMES_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What failed first, with its reason; undefined where nothing did. */
export function whyFailed(execution: ExecutionView): Sentence | undefined {
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
