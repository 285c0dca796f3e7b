/** What every step must keep, and an execution as a list that a test can name whole. */
import assert from 'node:assert/strict';
import type { Change } from '../../lib/execution/effect.ts';
import { loadRun, type Run, taskRunField } from '../../lib/execution/run.ts';
import type { Scope } from '../../lib/execution/scope.ts';
import { isOver, type TaskRun } from '../../lib/model/execution.ts';
import { type History, isEnded, NEXT_STATES, stateOf } from '../../lib/model/state.ts';

export function judgeChange(before: Run | undefined, { taskRuns, head }: Change, isReopened: boolean): void {
  for (const taskRun of taskRuns) judgeTaskRun(before?.taskRuns.get(taskRun.id), taskRun, isReopened);
  if (head) judgeHistory('the execution', before?.head.history ?? [], head.history, isReopened);
}

/** Histories only grow, by legal transitions; an attempt has one end. */
function judgeTaskRun(before: TaskRun | undefined, after: TaskRun, isReopened: boolean): void {
  judgeHistory(after.taskId, before?.history ?? [], after.history, isReopened);
  for (const [n, attempt] of (before?.attempts ?? []).entries()) {
    const now = after.attempts[n];
    assert.ok(now, `${after.taskId} has lost its attempt ${n + 1}`);
    if (isEnded(stateOf(attempt.history))) assert.deepEqual(now, attempt, `${after.taskId}: an attempt ended twice`);
  }
}

/** What has ended is left by whoever reopens it alone: then a flowable runs, and any end may be put in the place of another. */
function judgeHistory(what: string, before: History, after: History, isReopened: boolean): void {
  const states = after.map(([state]) => state);
  assert.deepEqual(after.slice(0, before.length), before, `${what} has forgotten what it was`);
  for (let n = Math.max(1, before.length); n < states.length; n++) {
    const [from, to] = [states[n - 1]!, states[n]!];
    const isLegal =
      NEXT_STATES[from].includes(to) || (isReopened && isEnded(from) && (to === 'RUNNING' || isEnded(to)));
    assert.ok(isLegal, `${what}: ${from} → ${to} of ${states}`);
  }
}

/** As another owner reads it out of Redis. */
export function reread({ start, head, taskRuns }: Run): Run {
  const fields = [['start', start] as const, ['head', head] as const].map(([name, value]) => [name, value] as const);
  const all = [...fields, ...[...taskRuns].map(([id, taskRun]) => [taskRunField(id), taskRun] as const)];
  return loadRun(new Map(all.map(([name, value]) => [name, JSON.stringify(value)])));
}

/** What is counted in memory is what a new owner would count; nothing lives in what is over. */
export function judgeRun(run: Run): void {
  const again = reread(run);
  assert.deepEqual(countsOf(run), countsOf(again), 'scopes differ from those of a new owner');
  assert.deepEqual([...run.live].sort(), [...again.live].sort());
  if (!isOver(run.head)) return;
  assert.equal(run.live.size, 0, `task runs live in an execution that is over: ${listOf(run).join('; ')}`);
  assert.equal(run.head.taskRuns, run.taskRuns.size);
}

const countsOf = ({ scopes }: Run): readonly (readonly [string, Readonly<Scope>])[] =>
  [...scopes].filter(([, { runs }]) => runs > 0).sort(([a], [b]) => (a < b ? -1 : 1));

/** Task runs in the order of their creation: `each[a] / say SUCCESS`, with lists other than the main one, and tries. */
export const listOf = (run: Run): readonly string[] =>
  [...run.taskRuns.values()]
    .toSorted((a, b) => a.index - b.index)
    .map((taskRun) => {
      const tries = taskRun.attempts.length > 1 ? ` ×${taskRun.attempts.length}` : '';
      return `${pathOf(run, taskRun)} ${stateOf(taskRun.history)}${tries}`;
    });

const MAIN = /^(?:tasks|then|else|defaults|cases\..*)$/;

function pathOf(run: Run, taskRun: TaskRun): string {
  const { taskId, value, iteration, list, parentId } = taskRun;
  const place = value !== undefined ? `[${value}]` : iteration !== undefined ? `#${iteration}` : '';
  const name = `${MAIN.test(list) ? '' : `${list}: `}${taskId}${place}`;
  return parentId === undefined ? name : `${pathOf(run, run.taskRuns.get(parentId)!)} / ${name}`;
}
