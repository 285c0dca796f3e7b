/** Executions that call others: what is handed down and back, failures, kills, those that are made anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Labels } from '../../lib/model/flow.ts';
import { Engine } from '../support/engine.ts';
import { flow, played } from '../support/engine-flow.ts';
import type { Script } from '../support/task-outcomes.ts';

const CHILD = flow(
  `
  inputs: [{id: who, type: STRING, defaults: nobody}]
  labels: {of: child}
  tasks: [{id: work, type: Return, format: "hello {{ inputs.who }}"}]
  outputs: [{id: said, type: STRING, value: "{{ outputs.work.value }}"}]
`,
  'child',
);
const parent = (rest = '', more = '') =>
  flow(`
    tasks:
      - {id: call, type: Subflow, namespace: tests, flowId: child${rest}}
      - {id: next, type: Return}
    ${more}
  `);
const outputsOf = (engine: Engine, id: string, taskId = 'call') =>
  [...engine.run(id).taskRuns.values()].find((run) => run.taskId === taskId)!.outputs;

test('waiting for the execution that is called, and seeing its outputs', () => {
  const { engine, id, list } = played([parent(', inputs: {who: "{{ flow.id }}"}'), CHILD]);
  assert.deepEqual(list, ['call SUCCESS', 'next SUCCESS']);
  const [, child] = engine.ids as [string, string];
  assert.deepEqual(outputsOf(engine, id), { executionId: child, outputs: { said: 'hello main' }, state: 'SUCCESS' });
  const { trigger, depth, originalId, caller } = engine.run(child).start;
  const [call] = engine.run(id).taskRuns.values();
  assert.deepEqual(
    { trigger, depth, originalId, caller },
    {
      depth: 1,
      originalId: child,
      caller: { executionId: id, taskRunId: call!.id, attempt: 1 },
      trigger: {
        id: 'call',
        type: 'io.kestra.plugin.core.flow.Subflow',
        variables: {
          ...{ executionId: id, taskRunId: call!.id, taskId: 'call' },
          ...{ namespace: 'tests', flowId: 'main', flowRevision: 1 },
        },
      },
    },
  );
});

test('going on at once without waiting, whatever becomes of it', () => {
  const { engine, id, state, list } = played([parent(', wait: false'), CHILD], { script: { work: 'FAILED' } });
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, ['call SUCCESS', 'next SUCCESS']);
  const [, child] = engine.ids as [string, string];
  assert.equal(engine.state(child), 'FAILED');
  assert.deepEqual(outputsOf(engine, id), { executionId: child, state: 'CREATED' });
});

for (const [ends, rest, call] of [
  ['FAILED', '', 'FAILED'],
  ['FAILED', ', transmitFailed: false', 'SUCCESS'],
  ['FAILED', ', allowFailure: true', 'WARNING'],
  ['WARNING', '', 'WARNING'],
  ['WARNING', ', allowWarning: true', 'SUCCESS'],
  ['WARNING', ', transmitFailed: false', 'SUCCESS'],
] as const)
  test(`ending ${call} where what was called ends ${ends}${rest}`, () => {
    const { engine, id, list } = played([parent(rest), CHILD], {
      script: { work: { state: ends, outputs: { value: 'x' } } },
    });
    assert.equal(list[0], `call ${call}`);
    assert.equal(outputsOf(engine, id)!.state, ends);
  });

test('failing where there is no such flow, it is disabled, or refuses the inputs', () => {
  const strict = flow(
    `
    inputs: [{id: n, type: INT}]
    tasks: [{id: work, type: Return}]
  `,
    'child',
  );
  const off = flow('\n  disabled: true\n  tasks: [{id: work, type: Return}]', 'child');
  for (const [sources, reason] of [
    [[parent()], /no such flow/],
    [[parent(), off], /a disabled flow/],
    [[parent(), strict], /inputs\.n: expected a value of type INT, got nothing/],
    [[parent(', inputs: {n: seven}'), strict], /inputs\.n: expected/],
    [[parent(', inputs: {n: "{{ nowhere }}"}'), strict], /Unable to find `nowhere`/],
  ] as const) {
    const { engine, state, list } = played(sources);
    assert.deepEqual([state, ...list], ['FAILED', 'call FAILED']);
    assert.deepEqual(engine.ids.length, 1);
    assert.match(engine.lines[0]!.message, reason);
  }
});

for (const [rest, expected] of [
  ['', { of: 'child', 'system.correlationId': 'c' }],
  [', labels: {own: "{{ flow.id }}", of: call}', { of: 'call', own: 'main', 'system.correlationId': 'c' }],
  [', labels: [{key: own, value: "1"}]', { of: 'child', own: '1', 'system.correlationId': 'c' }],
  [', inheritLabels: true, labels: {own: "1"}', { of: 'parent', mine: '2', own: '1', 'system.correlationId': 'c' }],
] as const)
  test(`giving labels down${rest}`, () => {
    const engine = new Engine([parent(rest, 'labels: {of: parent, mine: "2"}'), CHILD]);
    engine.start({ labels: { 'system.correlationId': 'c' } });
    engine.play();
    assert.deepEqual(engine.run(engine.ids[1]!).head.labels as Labels, expected);
  });

test('taking the outputs that the call names, rendered by the one that is called, where that has none of its own', () => {
  const child = CHILD.replace(/\noutputs: .*/, '');
  const { engine, id } = played([parent(', outputs: {text: "{{ outputs.work.value }}!"}'), child]);
  assert.deepEqual(outputsOf(engine, id)!.outputs, { text: 'hello nobody!' });
  const broken = played([parent(', outputs: {text: "{{ outputs.nowhere }}"}'), child]);
  assert.deepEqual([broken.state, ...broken.list], ['FAILED', 'call FAILED']);
  const both = played([parent(', outputs: {text: "{{ outputs.nowhere }}"}'), CHILD]);
  assert.deepEqual(outputsOf(both.engine, both.id)!.outputs, { said: 'hello nobody' });
});

test('calling in iterations, several at once', () => {
  const { engine, state, list } = played([
    flow(`
      tasks:
        - id: each
          type: ForEach
          values: ["x", "y", "z"]
          concurrencyLimit: 0
          tasks: [{id: call, type: Subflow, namespace: tests, flowId: child, inputs: {who: "{{ taskrun.value }}"}}]
        - {id: after, type: Return, format: "{{ outputs.call.y.outputs.said }}"}
    `),
    CHILD,
  ]);
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, [
    ...['each SUCCESS', 'each / call[x] SUCCESS', 'each / call[y] SUCCESS', 'each / call[z] SUCCESS', 'after SUCCESS'],
  ]);
  assert.equal(outputsOf(engine, engine.ids[0]!, 'after')!.value, 'hello y');
});

test('calling again what has failed', () => {
  const script = { work: 'FAILED' } as const;
  const engine = new Engine([parent(', retry: {type: constant, interval: PT5S, maxAttempts: 2}'), CHILD], { script });
  const id = engine.start();
  engine.elapse(1_000);
  assert.deepEqual(engine.list(id), ['call RETRYING']);
  engine.play();
  assert.deepEqual(engine.list(id), ['call FAILED ×2']);
  assert.deepEqual(engine.ids.map(engine.state), ['FAILED', 'FAILED', 'FAILED']);
});

test('waiting for the execution in the place of the one that was called', () => {
  const anew = flow(
    `
    retry: {type: constant, interval: PT1S, maxAttempts: 3, behavior: CREATE_NEW_EXECUTION}
    tasks: [{id: work, type: Return}]
    outputs: [{id: said, type: STRING, value: "{{ outputs.work.value }}"}]
  `,
    'child',
  );
  let tries = 0;
  const script: Script = { work: () => (++tries < 3 ? 'FAILED' : { outputs: { value: 'third' } }) };
  const { engine, id, list } = played([parent(), anew], { script });
  assert.deepEqual(list, ['call SUCCESS', 'next SUCCESS']);
  assert.deepEqual(engine.ids.slice(1).map(engine.state), ['RETRIED', 'RETRIED', 'SUCCESS']);
  assert.deepEqual(outputsOf(engine, id), {
    executionId: engine.ids.at(-1),
    outputs: { said: 'third' },
    state: 'SUCCESS',
  });
});

test('ending an execution that calls itself', () => {
  const own = flow('\n  tasks: [{id: call, type: Subflow, namespace: tests, flowId: main}]');
  const { engine, id, state } = played(own);
  assert.equal(state, 'FAILED');
  assert.equal(engine.ids.length, 101);
  assert.ok(engine.ids.every((each) => engine.isOver(each)));
  assert.match(
    engine.lines.find(({ level }) => level === 'ERROR')!.message,
    /at most 100 executions one below the other/,
  );
  assert.deepEqual(engine.list(id), ['call FAILED']);
});

test('killing what was called with its caller, and its callees', () => {
  const middle = flow('\n  tasks: [{id: call, type: Subflow, namespace: tests, flowId: leaf}]', 'child');
  const leaf = flow('\n  tasks: [{id: long, type: Sleep, duration: PT60S}, {id: never, type: Return}]', 'leaf');
  const engine = new Engine([parent(), middle, leaf], { script: { long: { ms: 60_000 } } });
  const id = engine.start();
  engine.elapse(5_000);
  engine.order(id, 'kill');
  engine.play();
  assert.deepEqual(engine.ids.map(engine.state), ['KILLED', 'KILLED', 'KILLED']);
  assert.deepEqual(engine.ids.map(engine.list), [['call KILLED'], ['call KILLED'], ['long KILLED']]);
});

test('killing an execution alone, whose callee goes on', () => {
  const engine = new Engine([parent(), CHILD], { script: { work: { ms: 10_000 } } });
  const id = engine.start();
  engine.elapse(5_000);
  engine.order(id, 'kill', { alone: true });
  assert.deepEqual([engine.state(id), ...engine.list(id)], ['KILLED', 'call KILLED']);
  engine.play();
  assert.equal(engine.state(engine.ids[1]!), 'SUCCESS');
});

test('killing what was called, by itself', () => {
  const engine = new Engine([parent(), CHILD], { script: { work: { ms: 10_000 } } });
  const id = engine.start();
  engine.elapse(5_000);
  engine.order(engine.ids[1]!, 'kill');
  engine.play();
  assert.deepEqual([engine.state(id), ...engine.list(id)], ['KILLED', 'call KILLED']);
});

test('killing a caller while what it has called waits to be made anew', () => {
  const anew = flow(
    `
    retry: {type: constant, interval: PT10S, maxAttempts: 5, behavior: CREATE_NEW_EXECUTION}
    tasks: [{id: work, type: Return}]
  `,
    'child',
  );
  const engine = new Engine([parent(), anew], { script: { work: 'FAILED' } });
  const id = engine.start();
  engine.elapse(15_000);
  assert.deepEqual(engine.ids.slice(1).map(engine.state), ['RETRIED', 'RETRYING']);
  engine.order(id, 'kill');
  engine.play();
  assert.deepEqual(engine.ids.map(engine.state), ['KILLED', 'RETRIED', 'KILLED']);
});

test('ending a call that takes too long, and killing what was called', () => {
  const { engine, id, state, list } = played([parent(', timeout: PT5S'), CHILD], { script: { work: { ms: 60_000 } } });
  assert.deepEqual([state, ...list], ['FAILED', 'call FAILED']);
  assert.equal(engine.state(engine.ids[1]!), 'KILLED');
  assert.equal(engine.run(id).head.history.at(-1)![1] - engine.run(id).start.createdAtMs, 5_000);
});

test('scheduling what is called', () => {
  const engine = new Engine([parent(', scheduleDate: "2100-01-01T00:00:00Z"'), CHILD]);
  const id = engine.start();
  engine.elapse(1_000);
  assert.deepEqual(engine.ids.map(engine.state), ['RUNNING', 'CREATED']);
  engine.play();
  assert.deepEqual(engine.ids.map(engine.state), ['SUCCESS', 'SUCCESS']);
  assert.equal(engine.run(id).head.history.at(-1)![1], Date.parse('2100-01-01T00:00:00Z'));
});

test('waiting once more for what is restarted with its caller, and calling anew what is not', () => {
  let works = false;
  const script: Script = { work: () => (works ? { outputs: { value: 'at last' } } : 'FAILED') };
  for (const isRestarted of [true, false]) {
    works = false;
    const { engine, id } = played([parent(), CHILD], { script });
    const [, child] = engine.ids as [string, string];
    works = true;
    const [call] = engine.run(id).taskRuns.values();
    const caller = { executionId: id, taskRunId: call!.id, attempt: 2 };
    engine.order(id, 'restart', isRestarted ? { called: [child] } : {});
    if (isRestarted) engine.order(child, 'restart', { caller });
    engine.play();
    const states = engine.ids.map(engine.state);
    assert.deepEqual(states, isRestarted ? ['SUCCESS', 'SUCCESS'] : ['SUCCESS', 'FAILED', 'SUCCESS']);
    assert.deepEqual(engine.list(id), ['call SUCCESS ×2', 'next SUCCESS']);
    assert.deepEqual(outputsOf(engine, id), {
      executionId: isRestarted ? child : engine.ids[2],
      outputs: { said: 'at last' },
      state: 'SUCCESS',
    });
  }
});

test('killing what is restarted with its caller', () => {
  let ms = 0;
  const { engine, id } = played([parent(), CHILD], { script: { work: () => (ms ? { ms } : 'FAILED') } });
  const [, child] = engine.ids as [string, string];
  const [call] = engine.run(id).taskRuns.values();
  ms = 60_000;
  engine.order(id, 'restart', { called: [child] });
  engine.order(child, 'restart', { caller: { executionId: id, taskRunId: call!.id, attempt: 2 } });
  engine.elapse(5_000);
  engine.order(id, 'kill');
  engine.play();
  assert.deepEqual(engine.ids.map(engine.state), ['KILLED', 'KILLED']);
  assert.deepEqual(engine.list(id), ['call KILLED ×2']);
});
