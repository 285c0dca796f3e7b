/** How tasks fail: what is allowed, timeouts, what a worker has lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateOf } from '../../lib/model/state.ts';
import { flow, played, secondsOf } from '../support/engine-flow.ts';

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
