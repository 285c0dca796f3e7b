/** What the page computes before it draws: rows, bars, marks, moves by the keys, lines, inputs, its two sentences. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyOf } from '../web/api/why.ts';
import type { ExecutionView, InputView, LogView, StateView, TaskRunView } from '../web/ui/src/api.ts';
import { narrowed, wrapped } from '../web/ui/src/pages/execution/log-rows.ts';
import { type Sentence, sentenceOf } from '../web/ui/src/pages/execution/waiting.ts';
import { barsOf, marksOf, placeOf, rowsOf } from '../web/ui/src/parts/task-rows.ts';
import { moveOf } from '../web/ui/src/parts/tree-keys.ts';
import { parseRoute, paths, WHOLE_LIST } from '../web/ui/src/route.ts';
import { choicesOf, fieldOf, flatInputs, limitsOf, sentOf } from '../web/ui/src/run/inputs.ts';
import { markText } from '../web/ui/src/time.ts';

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
  assert.equal(barsOf(aRun('a', aState(['RUNNING', 0], ['RETRYING', 10])))[0]!.state, 'FAILED');
});

test('cutting bars at the span that is shown, since clocks differ', () => {
  const span = { from: START_MS, to: START_MS + 100 };
  const placed = (from: number, to?: number) =>
    placeOf({ state: 'RUNNING', from: START_MS + from, to: to === undefined ? undefined : START_MS + to }, span);
  assert.deepEqual(placed(-10, 20), { left: 0, width: 20 });
  assert.deepEqual(placed(90, 130), { left: 90, width: 10 });
  assert.deepEqual(placed(25), { left: 25, width: 75 });
});

test('moving in the tree by the keys, as trees do everywhere', () => {
  const runs = [aRun('a', RUNNING), aRun('a1', RUNNING, { parentTaskRunId: 'a' }), aRun('b', RUNNING)];
  const rows = rowsOf(runs, new Set());
  const move = (key: string, place: number, isClosed = false) => moveOf(key, rows, place, isClosed);
  assert.deepEqual([move('ArrowDown', 0), move('ArrowDown', 2), move('ArrowUp', 0), move('End', 0)], [1, 2, 0, 2]);
  assert.deepEqual(
    [move('ArrowRight', 0), move('ArrowRight', 0, true), move('ArrowRight', 1)],
    [1, 'toggle', undefined],
  );
  assert.deepEqual([move('ArrowLeft', 0), move('ArrowLeft', 1), move('ArrowLeft', 2)], ['toggle', 0, undefined]);
  assert.deepEqual([move('Enter', 1), move('a', 1)], ['choose', undefined]);
});

test('marking time in round steps', () => {
  assert.deepEqual(marksOf(1_000, 6), [0, 200, 400, 600, 800, 1_000]);
  assert.deepEqual(marksOf(47, 6), [0, 10, 20, 30, 40]);
  assert.deepEqual(marksOf(100_000, 6).map(markText), ['0', '30 s', '1 min', '1 min 30 s']);
  assert.deepEqual(marksOf(3, 6).map(markText), ['0', '0.5 ms', '1 ms', '1.5 ms', '2 ms', '2.5 ms', '3 ms']);
});

const aLine = (message: string, more: Partial<LogView> = {}): LogView => ({
  timestamp: at(0),
  level: 'INFO',
  message,
  ...more,
});

test('narrowing lines by level, text, task and task runs', () => {
  const lines = [
    aLine('Bread', { taskId: 'bake', taskRunId: '1' }),
    aLine('burnt', { level: 'ERROR', taskRunId: '2' }),
    aLine('butter', { level: 'DEBUG' }),
  ];
  const shown = (level: string, text: string, of?: string[]) =>
    narrowed(lines, { level, text, of: of && new Set(of) }).map(({ message }) => message);
  assert.equal(narrowed(lines, { level: 'TRACE', text: '' }), lines);
  assert.deepEqual(shown('INFO', 'B'), ['Bread', 'burnt']);
  assert.deepEqual(shown('TRACE', 'bake'), ['Bread']);
  assert.deepEqual(shown('TRACE', '', ['2']), ['burnt']);
});

test('wrapping long lines at spaces that are near, and losing no character', () => {
  const pieces = (text: string, columns: number) => wrapped([aLine(text)], columns).map(({ message }) => message);
  assert.deepEqual(pieces('one two three', 8), ['one two ', 'three']);
  assert.deepEqual(pieces('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(pieces('abc😀def', 4), ['abc', '😀de', 'f']);
  assert.deepEqual(
    wrapped([aLine('abcdef')], 3).map(({ goesOn = false }) => goesOn),
    [false, true],
  );
  const lines = [aLine('fits')];
  assert.equal(wrapped(lines, 4), lines);
});

const texts = (given: Readonly<Record<string, string>>) =>
  new Map(Object.entries(given).map(([id, text]) => [id, [text]]));

test('beginning a form with defaults, but leaving expressions to the server', () => {
  const who: InputView = { id: 'who', type: 'STRING', defaults: 'Ada' };
  const greeting: InputView = { id: 'greeting', type: 'STRING', defaults: 'Dear {{ inputs.who }}' };
  const order: InputView = { id: 'order', type: 'JSON', defaults: { items: 1 } };
  const deep: InputView = { id: 'deep.er', type: 'INT', min: 1, max: 3 };
  assert.deepEqual(fieldOf(who), { text: 'Ada', otherwise: 'Ada', required: false });
  assert.deepEqual(fieldOf(greeting), { text: '', otherwise: 'Dear {{ inputs.who }}', required: false });
  assert.equal(fieldOf(order).text, '{\n  "items": 1\n}');
  assert.deepEqual(fieldOf(deep, { deep: { er: 2 } }), { text: '2', otherwise: '', required: true });
  assert.equal(limitsOf(deep), 'from 1 to 3');
  assert.deepEqual(sentOf([who, greeting, order, deep], texts({ who: '', greeting: '', order: '', 'deep.er': '2' })), {
    who: '',
    'deep.er': '2',
  });
  assert.equal(fieldOf({ ...who, prefill: 'Grace' }).text, 'Grace');
});

test('laying out forms inside forms, choices and what is never given back', () => {
  const form: InputView = {
    id: 'delivery',
    type: 'FORM',
    dependsOn: { inputs: ['gift'] },
    inputs: [{ id: 'day', type: 'DATE' }],
  };
  const [day] = flatInputs([form]);
  assert.equal(day!.id, 'delivery.day');
  assert.equal(fieldOf(day!).required, false);
  const wrapping: InputView = { id: 'w', type: 'SELECT', values: ['paper', { label: 'A box', value: 'box' }] };
  assert.deepEqual(choicesOf(wrapping), [
    { label: 'paper', value: 'paper' },
    { label: 'A box', value: 'box' },
  ]);
  assert.equal(choicesOf({ ...wrapping, allowCustomValue: true }), undefined);
  const some: InputView = { id: 's', type: 'MULTISELECT', values: ['a', 'b', 'c'] };
  assert.deepEqual(sentOf([some, wrapping], new Map([['s', ['a', 'c']]])), { s: '["a","c"]' });
  assert.equal(fieldOf({ id: 'key', type: 'SECRET' }, { key: '******' }).text, '');
});

test('reading an address as what it shows, and writing it back', () => {
  const read = (address: string) => {
    const { pathname, search } = new URL(address, 'http://localhost');
    return parseRoute(pathname, search);
  };
  const view = {
    text: 'a b',
    states: ['FAILED', 'KILLED'],
    namespace: 'n.m',
    flowId: 'f',
    labels: ['a:b', 'c:d e'],
    since: 'PT24H',
    number: 3,
  };
  assert.deepEqual(read(paths.listOf(view)), { page: 'executions', view });
  assert.deepEqual(read('/ui/'), { page: 'start', view: { since: 'P7D', namespace: '' } });
  const start = { since: 'PT24H', namespace: 'n.m' };
  assert.deepEqual(read(paths.startOf(start)), { page: 'start', view: start });
  assert.deepEqual(read(paths.listOf({})), { page: 'executions', view: WHOLE_LIST });
  const run = { page: 'execution', id: 'x', taskRunId: 'run/1', view: 'topology' };
  assert.deepEqual(read(paths.execution('x', 'run/1', 'topology')), run);
  const flow = { page: 'flow', namespace: 'n.m', id: 'f f', tab: 'edit', runs: true, inputsOf: 'x' };
  assert.deepEqual(read(paths.flow('n.m', 'f f', { tab: 'edit', inputsOf: 'x' })), flow);
  assert.deepEqual(read('/ui/flows/n.m/f/nothing'), { page: 'unknown' });
  assert.deepEqual(read('/ui/flows/%E0%A4%A/x'), { page: 'unknown' });
});

function sentenceFor(execution: ExecutionView, nowMs: number): Sentence | undefined {
  const why = whyOf(execution, nowMs);
  return why && sentenceOf(why, nowMs);
}

test('saying why an execution waits, and nothing where it does not', () => {
  const parent = aRun('all', RUNNING);
  const waiting = aRun('one', aState(['CREATED', 0]), { parentTaskRunId: 'all' });
  // A sentence that flashes and is gone tells nobody anything.
  assert.equal(sentenceFor(anExecution(RUNNING, [parent, waiting]), START_MS + 200), undefined);
  assert.equal(
    sentenceFor(anExecution(RUNNING, [parent, waiting]), START_MS + 900)!.text,
    'one has waited 900 ms for a free worker.',
  );
  const long = sentenceFor(anExecution(RUNNING, [parent, waiting]), START_MS + 20_000)!;
  assert.deepEqual([/none there/.test(long.text), long.services], [true, true]);
  const busy = aRun('two', RUNNING, { parentTaskRunId: 'all' });
  const working = whyOf(anExecution(RUNNING, [parent, waiting, busy]), START_MS + 20_000);
  assert.deepEqual(working, { kind: 'works', tasks: ['two'] });
  const retrying = aRun('one', aState(['RUNNING', 0], ['RETRYING', 100]), {
    reason: 'exit code 3',
    dueDate: at(30_600),
    attempts: [{ state: RUNNING }],
  });
  for (const state of [RUNNING, aState(['RUNNING', 0], ['RETRYING', 100])])
    assert.match(
      sentenceFor(anExecution(state, [retrying]), START_MS + 600)!.text,
      /one failed \(exit code 3\).*attempt 2 follows in 30 s \(/,
    );
  const paused = { current: 'PAUSED', histories: [], startDate: at(0) };
  const pause = aRun('ask', paused, { dueDate: at(90_600) });
  assert.match(
    sentenceFor(anExecution(paused, [pause]), START_MS + 600)!.text,
    /^ask is paused until.*in 1 min 30 s \(/,
  );
  assert.match(sentenceFor(anExecution(paused, []), START_MS)!.text, /^Somebody has paused it/);
  const calls = aRun('call', RUNNING, { outputs: { executionId: 'child' } });
  assert.equal(sentenceFor(anExecution(RUNNING, [calls]), START_MS)!.executionId, 'child');
  assert.equal(sentenceFor(anExecution(aState(['RUNNING', 0], ['SUCCESS', 5]), []), START_MS), undefined);
});

test('naming the task that failed, not the one around it', () => {
  const failed = aState(['RUNNING', 0], ['FAILED', 5]);
  const runs = [aRun('all', failed), aRun('one', failed, { parentTaskRunId: 'all', reason: 'exit code 3' })];
  assert.deepEqual(sentenceFor(anExecution(failed, runs), START_MS), { text: 'one: exit code 3', taskRunId: 'one' });
  assert.equal(whyOf(anExecution(RUNNING, []), START_MS), undefined);
  const warned = aRun('soft', aState(['RUNNING', 0], ['WARNING', 2]), { reason: 'so so' });
  assert.equal(sentenceFor(anExecution(failed, [warned, ...runs]), START_MS)!.taskRunId, 'one');
});
