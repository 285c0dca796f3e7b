/** How tasks fail and are tried again: what is allowed, retries of tasks, of flowables and of whole executions, timeouts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sinceOf, stateOf } from '../../lib/model/state.ts';
import type { Engine } from '../support/engine.ts';
import { flow, played } from '../support/engine-flow.ts';
import type { Trial } from '../support/task-outcomes.ts';

const from = (attempt: number) => ({
  script: { work: (trial: Trial) => (trial.attempt < attempt ? 'FAILED' : 'SUCCESS') } as const,
});
const WORKS_NEVER = { script: { work: 'FAILED' } } as const;

const historyOf = (engine: Engine, id: string, taskId: string): readonly string[] =>
  [...engine.run(id).taskRuns.values()].find((run) => run.taskId === taskId)!.history.map(([state]) => state);

const secondsOf = (engine: Engine): number => {
  const { history } = engine.run(engine.ids[0]!).head;
  return (sinceOf(history) - history[0]![1]) / 1_000;
};

test('allowing failures and warnings', () => {
  const { state, list } = played(
    flow(`
      tasks:
        - {id: forgiven, type: Return, allowFailure: true}
        - {id: warned, type: Return}
        - {id: unheard, type: Return, allowWarning: true}
        - {id: both, type: Return, allowFailure: true, allowWarning: true}
        - {id: next, type: Return}
    `),
    { script: { forgiven: 'FAILED', warned: 'WARNING', unheard: 'WARNING', both: 'FAILED' } },
  );
  assert.equal(state, 'WARNING');
  assert.deepEqual(list, ['forgiven WARNING', 'warned WARNING', 'unheard SUCCESS', 'both SUCCESS', 'next SUCCESS']);
});

test('allowing the failure of a flowable, whose errors are run', () => {
  const { state, list } = played(
    flow(`
      tasks:
        - id: all
          type: Sequential
          allowFailure: true
          tasks: [{id: work, type: Return}, {id: never, type: Return}]
          errors: [{id: sorry, type: Return}]
        - id: forgiving
          type: AllowFailure
          tasks: [{id: work-2, type: Return}, {id: never-2, type: Return}]
          errors: [{id: sorry-2, type: Return}]
        - {id: next, type: Return}
    `),
    { script: { work: 'FAILED', 'work-2': 'FAILED' } },
  );
  assert.equal(state, 'WARNING');
  assert.deepEqual(list, [
    'all WARNING',
    'all / work FAILED',
    'all / errors: sorry SUCCESS',
    'forgiving WARNING',
    'forgiving / work-2 FAILED',
    'forgiving / errors: sorry-2 SUCCESS',
    'next SUCCESS',
  ]);
});

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
    ['before SUCCESS', 'work FAILED'],
    ['before SUCCESS', 'work FAILED'],
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
    ['work FAILED', 'finally: last SUCCESS'],
    ['work FAILED', 'errors: sorry SUCCESS', 'finally: last SUCCESS', 'afterExecution: told SUCCESS'],
  ]);
});

test('failing a flowable that takes too long, with all that runs inside it', () => {
  const { engine, state, list } = played(
    flow(`
      tasks:
        - id: all
          type: Parallel
          timeout: PT5S
          tasks:
            - {id: long, type: Sleep, duration: PT60S}
            - {id: short, type: Return}
            - id: inner
              type: Sequential
              tasks: [{id: long-2, type: Sleep, duration: PT60S}, {id: never, type: Return}]
          errors: [{id: unheard, type: Return}]
      errors: [{id: sorry, type: Return, format: "{{ error.taskId }}"}]
    `),
    { script: { long: { ms: 60_000 }, 'long-2': { ms: 60_000 } } },
  );
  assert.equal(state, 'FAILED');
  assert.equal(secondsOf(engine), 5);
  assert.deepEqual(list, [
    'all FAILED',
    'all / long KILLED',
    'all / short SUCCESS',
    'all / inner KILLED',
    'all / inner / long-2 KILLED',
    'errors: sorry SUCCESS',
  ]);
});

test('keeping the time limits of flowables that end before them, or are nested in shorter ones', () => {
  const source = flow(`
    tasks:
      - id: outer
        type: Sequential
        timeout: "{{ 'PT' ~ 3 ~ 'S' }}"
        allowFailure: true
        tasks:
          - id: inner
            type: Sequential
            timeout: PT9S
            tasks: [{id: work, type: Sleep, duration: PT1S}]
      - {id: next, type: Return}
  `);
  const good = played(source, { script: { work: { ms: 1_000 } } });
  assert.deepEqual(good.list, [
    'outer SUCCESS',
    'outer / inner SUCCESS',
    'outer / inner / work SUCCESS',
    'next SUCCESS',
  ]);
  assert.ok(good.engine.isQuiet, 'a timer was left behind');
  const late = played(source, { script: { work: { ms: 5_000 } } });
  assert.equal(late.state, 'WARNING');
  assert.deepEqual(late.list, ['outer WARNING', 'outer / inner KILLED', 'outer / inner / work KILLED', 'next SUCCESS']);
});

test('failing where a time limit cannot be read', () => {
  const { state, engine } = played(
    flow('tasks: [{id: all, type: Sequential, timeout: "{{ \'soon\' }}", tasks: [{id: work, type: Return}]}]'),
  );
  assert.equal(state, 'FAILED');
  assert.match(engine.lines.at(-1)!.message, /timeout: expected an ISO-8601 duration such as PT30S, got soon/);
});

test('handing out again what its worker lost, and failing it the third time', () => {
  const { engine, id } = played(flow('tasks: [{id: work, type: Return, allowFailure: true}]'), {
    script: { work: { unclaimed: true } },
  });
  const lost = (n: number) => {
    const [taskRun] = engine.run(id).taskRuns.values();
    engine.tell(id, { kind: 'workerLost', taskRunId: taskRun!.id, attempt: 1, delivery: `1.${n}` });
  };
  lost(1);
  lost(2);
  assert.deepEqual(engine.list(id), ['work RESUBMITTED']);
  lost(3);
  engine.play();
  assert.deepEqual(engine.list(id), ['work WARNING']);
  assert.equal(stateOf(engine.run(id).head.history), 'WARNING');
});
