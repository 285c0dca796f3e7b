/** What the page computes before it draws: rows, bars, marks and its two sentences. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExecutionView, StateView, TaskRunView } from '../web/ui/src/api.ts';
import { barsOf, marksOf, rowsOf } from '../web/ui/src/parts/task-rows.ts';
import { whyFailed, whyWaiting } from '../web/ui/src/parts/waiting.ts';

const START_MS = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number): string => new Date(START_MS + ms).toISOString();

/** `aState(['CREATED', 0], ['RUNNING', 10])` */
function aState(...histories: (readonly [state: string, ms: number])[]): StateView {
  const [current, ms] = histories.at(-1)!;
  const ended = ['SUCCESS', 'FAILED', 'WARNING', 'KILLED'].includes(current);
  const dated = histories.map(([state, since]) => ({ state, date: at(since) }));
  return { current, histories: dated, startDate: dated[0]!.date, ...(ended && { endDate: at(ms) }) };
}

const aRun = (id: string, state: StateView, more: Partial<TaskRunView> = {}): TaskRunView => ({
  id,
  taskId: id,
  state,
  ...more,
});
const anExecution = (state: StateView, taskRunList: readonly TaskRunView[]): ExecutionView => ({
  id: 'x',
  namespace: 'n',
  flowId: 'f',
  flowRevision: 1,
  state,
  taskRunList,
});
const RUNNING = aState(['CREATED', 0], ['RUNNING', 5]);

test('putting rows below their parents, leaving out what stands below a folded one', () => {
  const runs = [
    aRun('a', RUNNING),
    aRun('b', RUNNING),
    aRun('a1', RUNNING, { parentTaskRunId: 'a' }),
    aRun('a2', RUNNING, { parentTaskRunId: 'a' }),
    aRun('a1x', RUNNING, { parentTaskRunId: 'a1' }),
    aRun('lost', RUNNING, { parentTaskRunId: 'not there' }),
  ];
  const shown = (closed: string[]) => rowsOf(runs, new Set(closed)).map(({ run, depth }) => `${depth}${run.id}`);
  assert.deepEqual(shown([]), ['0a', '1a1', '2a1x', '1a2', '0b', '0lost']);
  assert.deepEqual(shown(['a1']), ['0a', '1a1', '1a2', '0b', '0lost']);
  assert.deepEqual(shown(['a']), ['0a', '0b', '0lost']);
});

test('drawing a bar for each state, coloured by what came of it, and each attempt by itself', () => {
  assert.deepEqual(barsOf(aRun('a', aState(['CREATED', 0], ['RUNNING', 10], ['SUCCESS', 30]))), [
    { state: 'CREATED', from: START_MS, to: START_MS + 10 },
    { state: 'SUCCESS', from: START_MS + 10, to: START_MS + 30 },
  ]);
  const attempts = [{ state: aState(['RUNNING', 0], ['FAILED', 10]) }, { state: aState(['RUNNING', 50]) }];
  assert.deepEqual(barsOf(aRun('a', RUNNING, { attempts })), [
    { state: 'FAILED', from: START_MS, to: START_MS + 10, attempt: 1 },
    { state: 'RUNNING', from: START_MS + 50, to: undefined, attempt: 2 },
  ]);
});

test('marking time in round steps', () => {
  assert.deepEqual(marksOf(1_000, 6), [0, 200, 400, 600, 800, 1_000]);
  assert.deepEqual(marksOf(47, 6), [0, 10, 20, 30, 40]);
});

test('saying why an execution waits, and nothing where it does not', () => {
  const parent = aRun('all', RUNNING);
  const waiting = aRun('one', aState(['CREATED', 0]), { parentTaskRunId: 'all' });
  assert.equal(
    whyWaiting(anExecution(RUNNING, [parent, waiting]), START_MS + 200),
    'one waits for a free worker, since 200 ms.',
  );
  assert.match(whyWaiting(anExecution(RUNNING, [parent, waiting]), START_MS + 20_000)!, /doctor/);
  const busy = aRun('two', RUNNING, { parentTaskRunId: 'all' });
  assert.equal(whyWaiting(anExecution(RUNNING, [parent, waiting, busy]), START_MS + 20_000), undefined);
  const retrying = aRun('one', aState(['RUNNING', 0], ['RETRYING', 100]), {
    reason: 'exit code 3',
    attempts: [{ state: RUNNING }],
  });
  assert.match(
    whyWaiting(anExecution(RUNNING, [retrying]), START_MS + 600)!,
    /one failed \(exit code 3\).*attempt 2 follows, waiting for 500 ms/,
  );
  assert.equal(whyWaiting(anExecution(aState(['RUNNING', 0], ['SUCCESS', 5]), []), START_MS), undefined);
});

test('naming the task that failed, not the one around it', () => {
  const failed = aState(['RUNNING', 0], ['FAILED', 5]);
  const runs = [aRun('all', failed), aRun('one', failed, { parentTaskRunId: 'all', reason: 'exit code 3' })];
  assert.deepEqual(whyFailed(anExecution(failed, runs)), { text: 'one: exit code 3', taskRunId: 'one' });
  assert.equal(whyFailed(anExecution(RUNNING, runs)), undefined);
});
