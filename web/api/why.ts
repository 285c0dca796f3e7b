/**
 * "Why is it waiting?" and "why did it fail?", read from the states of the task runs: the server says it of each execution of a list,
 * the page of the one that it shows. In which words is the page's. Pure.
 */
import type { StateBody, TaskRunBody, WhyBody } from './bodies.ts';

type State = Pick<StateBody, 'current' | 'histories' | 'startDate' | 'endDate'>;
type Run = Pick<TaskRunBody, 'id' | 'taskId' | 'parentTaskRunId' | 'outputs' | 'reason' | 'dueDate'> & {
  readonly state: State;
  readonly attempts?: readonly unknown[];
};
interface Asked {
  readonly state: State;
  readonly reason?: string;
  readonly taskRunList?: readonly Run[];
}

/** A shorter wait is none: its sentence would flash and be gone. */
const WORTH_A_WORD_MS = 500;
const NAMES_MAX = 3;

const OF_STATES: Readonly<Record<string, 'limited' | 'killing'>> = { QUEUED: 'limited', KILLING: 'killing' };
const LOOKED_INTO: ReadonlySet<string> = new Set(['CREATED', 'RUNNING', 'RESTARTED', 'PAUSED', 'RETRYING']);

/** Undefined where there is nothing to say: it has ended well, or has only just begun to wait. */
export function whyOf(execution: Asked, nowMs: number): WhyBody | undefined {
  const state = execution.state.current;
  if (state === 'FAILED' || state === 'WARNING') return failure(execution);
  if (OF_STATES[state]) return { kind: OF_STATES[state] };
  if (!LOOKED_INTO.has(state)) return undefined;
  const runs = execution.taskRunList ?? [];
  const live = leavesOf(runs).filter((run) => !run.state.endDate);
  if (state === 'PAUSED') return pause(live) ?? { kind: 'held' };
  if (runs.length === 0)
    return nowMs - Date.parse(execution.state.startDate) > WORTH_A_WORD_MS
      ? { kind: 'untouched', since: execution.state.startDate }
      : undefined;
  const working = live.filter((run) => run.state.current === 'RUNNING' && !run.dueDate && !startedBy(run));
  if (working.length > 0) return { kind: 'works', ...namesOf(working) };
  return retry(live) ?? untaken(live, nowMs) ?? pause(live) ?? round(live) ?? call(live);
}

/** Those that have none below them. */
function leavesOf(runs: readonly Run[]): readonly Run[] {
  const parents = new Set(runs.map(({ parentTaskRunId }) => parentTaskRunId));
  return runs.filter(({ id }) => !parents.has(id));
}

/** The execution that a Subflow has started. */
const startedBy = ({ outputs }: Run): unknown => outputs?.executionId;
const lastDate = ({ state }: Run): string => state.histories.at(-1)?.date ?? state.startDate;

function retry(live: readonly Run[]): WhyBody | undefined {
  const waiting = live.filter(({ state }) => state.current === 'RETRYING');
  if (waiting.length === 0) return undefined;
  const first = waiting.reduce((soonest, each) => ((each.dueDate ?? '') < (soonest.dueDate ?? '') ? each : soonest));
  return {
    kind: 'retry',
    ...namesOf(waiting),
    taskRunId: first.id,
    attempt: (first.attempts?.length ?? 0) + 1,
    since: lastDate(first),
    ...(first.dueDate === undefined ? {} : { due: first.dueDate }),
    ...(first.reason === undefined ? {} : { reason: first.reason }),
  };
}

function untaken(live: readonly Run[], nowMs: number): WhyBody | undefined {
  const waiting = live.filter(({ state }) => ['CREATED', 'SUBMITTED', 'RESUBMITTED'].includes(state.current));
  if (waiting.length === 0) return undefined;
  const since = waiting.map(lastDate).reduce((least, date) => (date < least ? date : least));
  if (nowMs - Date.parse(since) <= WORTH_A_WORD_MS) return undefined;
  return {
    kind: 'untaken',
    ...namesOf(waiting),
    since,
    count: waiting.length,
    lost: waiting.some(({ state }) => state.current === 'RESUBMITTED'),
  };
}

function pause(live: readonly Run[]): WhyBody | undefined {
  const paused = live.filter(({ state }) => state.current === 'PAUSED');
  const [first] = paused;
  if (!first) return undefined;
  const due = first.dueDate === undefined ? {} : { due: first.dueDate };
  return { kind: 'paused', ...namesOf(paused), taskRunId: first.id, ...due };
}

function round(live: readonly Run[]): WhyBody | undefined {
  const run = live.find(({ dueDate }) => dueDate !== undefined);
  return run && { kind: 'round', ...namesOf([run]), taskRunId: run.id, due: run.dueDate! };
}

function call(live: readonly Run[]): WhyBody | undefined {
  const calling = live.filter((run) => startedBy(run) !== undefined);
  if (calling.length === 0) return undefined;
  return { kind: 'call', ...namesOf(calling), executionId: String(startedBy(calling[0]!)) };
}

function namesOf(runs: readonly Run[]): { readonly tasks: readonly string[]; readonly more?: number } {
  const names = [...new Set(runs.map(({ taskId }) => taskId))];
  const more = names.length - NAMES_MAX;
  return { tasks: names.slice(0, NAMES_MAX), ...(more > 0 ? { more } : {}) };
}

/** What failed first, with its reason. */
function failure({ state: { current }, reason, taskRunList = [] }: Asked): WhyBody | undefined {
  const bad = leavesOf(taskRunList).filter(({ state }) => state.current === 'FAILED' || state.current === 'WARNING');
  // A failed execution may hold tasks that only warned.
  const run = bad.find(({ state }) => state.current === current) ?? bad[0];
  if (run)
    return {
      kind: 'failed',
      task: run.taskId,
      taskRunId: run.id,
      state: run.state.current,
      ...(run.reason ? { reason: run.reason } : {}),
    };
  return reason ? { kind: 'failed', state: current, reason } : undefined;
}
