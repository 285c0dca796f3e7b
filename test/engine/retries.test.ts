/** How tasks are tried again: retries of tasks, of flowables and of whole executions, and what an execution shows meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../support/engine.ts';
import { flow, played, secondsOf } from '../support/engine-flow.ts';
import type { Trial } from '../support/task-outcomes.ts';

const from = (attempt: number) => ({
  script: { work: (trial: Trial) => (trial.attempt < attempt ? 'FAILED' : 'SUCCESS') } as const,
});
const WORKS_NEVER = { script: { work: 'FAILED' } } as const;

const historyOf = (engine: Engine, id: string, taskId: string): readonly string[] =>
  [...engine.run(id).taskRuns.values()].find((run) => run.taskId === taskId)!.history.map(([state]) => state);

const statesOf = (engine: Engine, id: string): readonly string[] => engine.run(id).head.history.map(([state]) => state);

test('trying a task again after the interval, until it works', () => {
  const source = flow(`
    tasks: [{id: work, type: Return, retry: {type: constant, interval: PT5S, maxAttempts: 4}}]
  `);
  const { engine, id, state, list } = played(source, from(3));
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, ['work SUCCESS ×3']);
  assert.equal(secondsOf(engine), 10);
  assert.deepEqual(historyOf(engine, id, 'work'), [
    ...['CREATED', 'SUBMITTED', 'RUNNING', 'FAILED', 'RETRYING'],
    ...['CREATED', 'SUBMITTED', 'RUNNING', 'FAILED', 'RETRYING'],
    ...['CREATED', 'SUBMITTED', 'RUNNING', 'SUCCESS'],
  ]);
  assert.deepEqual(statesOf(engine, id), [
    ...['CREATED', 'RUNNING', 'FAILED', 'RETRYING'],
    ...['RUNNING', 'FAILED', 'RETRYING', 'RUNNING', 'SUCCESS'],
  ]);
});

test('showing an execution as retrying while a task inside a flowable waits, whatever runs beside it', () => {
  const source = flow(`
    tasks:
      - id: all
        type: Parallel
        tasks:
          - {id: work, type: Return, retry: {type: constant, interval: PT5S, maxAttempts: 2}}
          - {id: beside, type: Sleep, duration: PT1S}
          - {id: other, type: Return, retry: {type: constant, interval: PT7S, maxAttempts: 2}}
  `);
  const engine = new Engine(source, {
    script: { work: 'FAILED', other: ({ attempt }) => (attempt === 1 ? 'FAILED' : 'SUCCESS'), beside: { ms: 1_000 } },
  });
  const id = engine.start();
  engine.elapse(2_000);
  assert.deepEqual(engine.list(id), [
    'all RUNNING',
    'all / work RETRYING',
    'all / beside SUCCESS',
    'all / other RETRYING',
  ]);
  assert.equal(engine.state(id), 'RETRYING');
  engine.play();
  assert.deepEqual(engine.list(id).slice(1), [
    'all / work FAILED ×2',
    'all / beside SUCCESS',
    'all / other SUCCESS ×2',
  ]);
  assert.deepEqual(statesOf(engine, id), ['CREATED', 'RUNNING', 'RETRYING', 'RUNNING', 'FAILED']);
});

test('running on where a task that waits for its next try is cut', () => {
  const { state, list, engine, id } = played(
    flow(`
      tasks:
        - id: all
          type: Sequential
          timeout: PT2S
          allowFailure: true
          tasks: [{id: work, type: Return, retry: {type: constant, interval: PT60S, maxAttempts: 2}}]
        - {id: next, type: Return}
    `),
    WORKS_NEVER,
  );
  assert.equal(state, 'WARNING');
  assert.deepEqual(list, ['all WARNING', 'all / work KILLED', 'next SUCCESS']);
  assert.deepEqual(statesOf(engine, id), ['CREATED', 'RUNNING', 'RETRYING', 'RUNNING', 'WARNING']);
});

test('giving up after the last try, and running errors once', () => {
  const { state, list } = played(
    flow(`
      tasks: [{id: work, type: Return, retry: {type: constant, interval: PT1S, maxAttempt: 2}}]
      errors: [{id: sorry, type: Return}]
    `),
    WORKS_NEVER,
  );
  assert.equal(state, 'FAILED');
  assert.deepEqual(list, ['work FAILED ×2', 'errors: sorry SUCCESS']);
});

for (const [name, retry, seconds] of [
  ['constant', '{type: constant, interval: PT3S, maxAttempts: 4}', 9],
  ['exponential', '{type: exponential, interval: PT1S, maxInterval: PT5S, delayFactor: 3, maxAttempts: 4}', 1 + 3 + 5],
  ['a time after the first try', '{type: constant, interval: PT3S, maxDuration: PT7S}', 6],
] as const)
  test(`waiting between tries: ${name}`, () => {
    const { engine, state } = played(flow(`tasks: [{id: work, type: Return, retry: ${retry}}]`), WORKS_NEVER);
    assert.equal(state, 'FAILED');
    assert.equal(secondsOf(engine), seconds);
  });

test('waiting a random time that is the same on every machine', () => {
  const source = flow(
    'tasks: [{id: work, type: Return, retry: {type: random, minInterval: PT2S, maxInterval: PT4S, maxAttempts: 2}}]',
  );
  const seconds = [1, 2].map(() => secondsOf(played(source, WORKS_NEVER).engine));
  assert.equal(seconds[0], seconds[1]);
  assert.ok(seconds[0]! >= 2 && seconds[0]! <= 4, `${seconds[0]}`);
});

test('warning of a try that was not the first', () => {
  const source = flow(
    'tasks: [{id: work, type: Return, retry: {type: constant, interval: PT1S, maxAttempts: 2, warningOnRetry: true}}]',
  );
  assert.equal(played(source, from(2)).state, 'WARNING');
  assert.equal(played(source, from(1)).state, 'SUCCESS');
});

test('warning only after the last try of what may fail', () => {
  const source = flow(
    'tasks: [{id: work, type: Return, allowFailure: true, retry: {type: constant, interval: PT1S, maxAttempts: 2}}]',
  );
  assert.deepEqual(played(source, WORKS_NEVER).list, ['work WARNING ×2']);
  assert.deepEqual(played(source, from(2)).list, ['work SUCCESS ×2']);
});

test('trying the tasks inside a flowable by its retry, and by the flow’s those that have none', () => {
  const { list } = played(
    flow(`
      retry: {type: constant, interval: PT1S, maxAttempts: 2}
      tasks:
        - id: all
          type: Sequential
          retry: {type: constant, interval: PT1S, maxAttempts: 3}
          allowFailure: true
          tasks: [{id: inside, type: Return}]
        - {id: own, type: Return, allowFailure: true, retry: {type: constant, interval: PT1S, maxAttempts: 4}}
        - {id: outside, type: Return}
    `),
    { script: { inside: 'FAILED', outside: 'FAILED', own: 'FAILED' } },
  );
  assert.deepEqual(list, ['all WARNING', 'all / inside FAILED ×3', 'own WARNING ×4', 'outside FAILED ×2']);
});

test('trying nothing again that may fail and has no retry of its own', () => {
  const { list } = played(
    flow(`
      retry: {type: constant, interval: PT1S, maxAttempts: 2}
      tasks:
        - id: all
          type: Sequential
          retry: {type: constant, interval: PT1S, maxAttempts: 3}
          tasks: [{id: inside, type: Return, allowFailure: true}]
        - {id: outside, type: Return, allowFailure: true}
    `),
    { script: { inside: 'FAILED', outside: 'FAILED' } },
  );
  assert.deepEqual(list, ['all WARNING', 'all / inside WARNING', 'outside WARNING']);
});

test('warning of a try that was not the first only by the task’s own retry', () => {
  const { list } = played(
    flow(`
      tasks:
        - id: all
          type: Sequential
          retry: {type: constant, interval: PT1S, maxAttempts: 3, warningOnRetry: true}
          tasks: [{id: work, type: Return}]
    `),
    from(2),
  );
  assert.deepEqual(list, ['all SUCCESS', 'all / work SUCCESS ×2']);
});

test('making the whole execution anew, by the retry of a task', () => {
  const { engine, id } = played(
    flow(`
      labels: {kept: "yes"}
      tasks:
        - {id: before, type: Return}
        - id: work
          type: Return
          retry: {type: constant, interval: PT1S, maxAttempts: 3, behavior: CREATE_NEW_EXECUTION}
      errors: [{id: sorry, type: Return}]
    `),
    WORKS_NEVER,
  );
  assert.deepEqual(engine.ids.map(engine.state), ['RETRIED', 'RETRIED', 'FAILED']);
  assert.deepEqual(engine.ids.map(engine.list), [
    ['before SUCCESS', 'work RETRIED'],
    ['before SUCCESS', 'work RETRIED'],
    ['before SUCCESS', 'work FAILED', 'errors: sorry SUCCESS'],
  ]);
  const starts = engine.ids.map((each) => engine.run(each).start);
  assert.deepEqual(
    starts.map(({ parentId, originalId, attemptNumber }) => ({ parentId, originalId, attemptNumber })),
    [
      { parentId: undefined, originalId: id, attemptNumber: undefined },
      { parentId: id, originalId: id, attemptNumber: 2 },
      { parentId: engine.ids[1], originalId: id, attemptNumber: 3 },
    ],
  );
  assert.deepEqual(engine.run(engine.ids[2]!).head.labels.kept, 'yes');
});

test('making the whole execution anew, by the retry of the flow, and running finally and what comes after once each', () => {
  const { engine } = played(
    flow(`
      retry: {type: constant, interval: PT1S, maxAttempts: 2, behavior: CREATE_NEW_EXECUTION}
      tasks: [{id: work, type: Return}]
      errors: [{id: sorry, type: Return}]
      finally: [{id: last, type: Return}]
      afterExecution: [{id: told, type: Return}]
    `),
    WORKS_NEVER,
  );
  assert.deepEqual(engine.ids.map(engine.state), ['RETRIED', 'FAILED']);
  assert.deepEqual(engine.ids.map(engine.list), [
    ['work RETRIED', 'finally: last SUCCESS'],
    ['work FAILED', 'errors: sorry SUCCESS', 'finally: last SUCCESS', 'afterExecution: told SUCCESS'],
  ]);
});
