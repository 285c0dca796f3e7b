/** What waits: rounds of LoopUntil, Pauses, an execution that somebody has paused, a scheduled beginning, promises about time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../support/engine.ts';
import { flow, played, shown } from '../support/engine-flow.ts';

const secondsOf = (engine: Engine, id: string): number => {
  const { history } = engine.run(id).head;
  return (history.at(-1)![1] - history[0]![1]) / 1_000;
};
const outputsOf = (engine: Engine, id: string, taskId: string) =>
  [...engine.run(id).taskRuns.values()].find((run) => run.taskId === taskId)?.outputs;
const historyOf = (engine: Engine, id: string) => engine.run(id).head.history.map(([state]) => state);

const LOOP = (condition: string, rest = '') =>
  flow(`
    tasks:
      - id: loop
        type: LoopUntil
        condition: "${condition}"
        ${rest}
        tasks: [{id: a, type: Return, format: "{{ outputs.loop.iterationCount }}"}, {id: b, type: Return}]
  `);

test('going round until the condition holds, and keeping the last round', () => {
  const { engine, id, state, list } = played(LOOP("{{ outputs.a.value == '3' }}"));
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, ['loop SUCCESS', 'loop / a#3 SUCCESS', 'loop / b#3 SUCCESS']);
  assert.deepEqual(outputsOf(engine, id, 'loop'), { iterationCount: 4 });
  assert.equal(secondsOf(engine, id), 3);
});

for (const [what, frequency, rounds, seconds] of [
  ['rounds', '{maxIterations: 3, interval: PT2S}', 3, 4],
  ['time', '{maxDuration: PT5S, interval: PT2S}', 4, 6],
] as const) {
  test(`ending well after so much ${what}`, () => {
    const { engine, id, state } = played(LOOP('{{ false }}', `checkFrequency: ${frequency}`));
    assert.equal(state, 'SUCCESS');
    assert.deepEqual(outputsOf(engine, id, 'loop'), { iterationCount: rounds });
    assert.equal(secondsOf(engine, id), seconds);
  });

  test(`failing after so much ${what}`, () => {
    const more = 'failOnMaxReached: true, errors: [{id: sorry, type: Return}]';
    const source = flow(`
      tasks:
        - {id: loop, type: LoopUntil, condition: "false", checkFrequency: ${frequency}, ${more}, tasks: [{id: a, type: Return}]}
    `);
    const { state, list } = played(source);
    assert.equal(state, 'FAILED');
    assert.deepEqual(list, ['loop FAILED', `loop / a#${rounds - 1} SUCCESS`]);
  });
}

test('failing a loop whose condition, or whose task, fails', () => {
  const broken = played(LOOP('{{ nowhere }}'));
  assert.deepEqual(broken.list, ['loop FAILED', 'loop / a#0 SUCCESS', 'loop / b#0 SUCCESS']);
  const failing = played(LOOP('{{ false }}', 'errors: [{id: sorry, type: Return}]'), { script: { a: 'FAILED' } });
  assert.deepEqual(failing.list, ['loop FAILED', 'loop / a#0 FAILED', 'loop / errors: sorry SUCCESS']);
});

test('nesting loops in loops and in iterations', () => {
  const { state, list } = played(
    flow(`
      tasks:
        - id: each
          type: ForEach
          values: ["x", "y"]
          tasks:
            - id: outer
              type: LoopUntil
              condition: "{{ outputs.outer[taskrun.value].iterationCount == 1 }}"
              tasks:
                - id: inner
                  type: LoopUntil
                  condition: "{{ outputs.inner[parent.taskrun.value].iterationCount == 2 }}"
                  tasks: [{id: work, type: Return}]
    `),
  );
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, [
    'each SUCCESS',
    ...['x', 'y'].flatMap((value) => [
      `each / outer[${value}] SUCCESS`,
      `each / outer[${value}] / inner#1 SUCCESS`,
      `each / outer[${value}] / inner#1 / work#2 SUCCESS`,
    ]),
  ]);
});

test('standing still until somebody resumes, with what is asked of them', () => {
  const engine = new Engine(
    flow(`
      tasks:
        - id: still
          type: Pause
          onPause: {id: told, type: Return}
          onResume: [{id: reason, type: STRING}]
          tasks: [{id: awake, type: Return, format: "{{ outputs.still.onResume.reason }}"}]
        - {id: next, type: Return}
    `),
  );
  const id = engine.start();
  engine.elapse(3_600_000);
  assert.equal(engine.state(id), 'PAUSED');
  assert.deepEqual(engine.list(id), ['still PAUSED', 'still / onPause: told SUCCESS']);
  engine.order(id, 'resume', { inputs: { reason: 'done' } });
  engine.play();
  assert.deepEqual(engine.list(id), [
    ...['still SUCCESS', 'still / onPause: told SUCCESS', 'still / awake SUCCESS', 'next SUCCESS'],
  ]);
  assert.deepEqual(outputsOf(engine, id, 'awake'), { value: 'done' });
  assert.deepEqual(historyOf(engine, id), ['CREATED', 'RUNNING', 'PAUSED', 'RESTARTED', 'RUNNING', 'SUCCESS']);
});

for (const [behavior, state, still, next] of [
  ['RESUME', 'SUCCESS', 'SUCCESS', ['next SUCCESS']],
  ['WARN', 'WARNING', 'WARNING', ['next SUCCESS']],
  ['FAIL', 'FAILED', 'FAILED', ['errors: sorry SUCCESS']],
  ['CANCEL', 'CANCELLED', 'KILLED', []],
] as const)
  test(`ending a pause after its time: ${behavior}`, () => {
    const result = played(
      flow(`
        tasks:
          - {id: still, type: Pause, pauseDuration: "PT{{ 2 + 3 }}S", behavior: ${behavior}}
          - {id: next, type: Return}
        errors: [{id: sorry, type: Return}]
      `),
    );
    assert.equal(result.state, state);
    assert.deepEqual(result.list, [`still ${still}`, ...next]);
    assert.equal(secondsOf(result.engine, result.id), 5);
  });

test('failing a pause that is not resumed within its timeout', () => {
  const { engine, id, state, list } = played(
    flow('tasks: [{id: still, type: Pause, timeout: PT7S, allowFailure: true}, {id: next, type: Return}]'),
  );
  assert.equal(state, 'WARNING');
  assert.deepEqual(list, ['still WARNING', 'next SUCCESS']);
  assert.equal(secondsOf(engine, id), 7);
});

test('pausing in several branches, and going on in each as it is resumed', () => {
  const engine = new Engine(
    flow(`
      tasks:
        - id: all
          type: Parallel
          tasks:
            - {id: one, type: Pause, tasks: [{id: after-one, type: Return}]}
            - {id: two, type: Pause}
            - {id: works, type: Return}
    `),
  );
  const id = engine.start();
  engine.play();
  assert.deepEqual(engine.list(id), ['all RUNNING', 'all / one PAUSED', 'all / two PAUSED', 'all / works SUCCESS']);
  const two = [...engine.run(id).taskRuns.values()].find(({ taskId }) => taskId === 'two')!;
  engine.order(id, 'resume', { taskRunId: two.id });
  engine.play();
  assert.equal(engine.state(id), 'PAUSED');
  engine.order(id, 'resume', { taskRunId: two.id });
  assert.deepEqual(engine.list(id), ['all RUNNING', 'all / one PAUSED', 'all / two SUCCESS', 'all / works SUCCESS']);
  engine.order(id, 'resume');
  engine.play();
  assert.equal(engine.state(id), 'SUCCESS');
});

test('pausing an execution as a whole: what runs ends, nothing begins, and no resumed Pause is mistaken for it', () => {
  const engine = new Engine(
    flow(`
      tasks:
        - {id: long, type: Sleep, duration: PT10S}
        - {id: again, type: Return, retry: {type: constant, interval: PT5S, maxAttempts: 2}}
        - {id: still, type: Pause}
        - {id: last, type: Return}
    `),
    { script: { long: { ms: 10_000 }, again: ({ attempt }) => (attempt === 1 ? 'FAILED' : 'SUCCESS') } },
  );
  const id = engine.start();
  engine.elapse(5_000);
  engine.order(id, 'pause');
  engine.elapse(60_000);
  assert.deepEqual([engine.state(id), ...engine.list(id)], ['PAUSED', 'long SUCCESS']);
  engine.order(id, 'resume');
  engine.elapse(1_000);
  engine.order(id, 'pause');
  engine.elapse(60_000);
  assert.deepEqual([engine.state(id), ...engine.list(id)], ['PAUSED', 'long SUCCESS', 'again RETRYING']);
  const resume = { kind: 'resume', incarnation: 0, principal: 'somebody', taskRunId: '' } as const;
  engine.tell(id, resume);
  engine.play();
  assert.deepEqual(
    [engine.state(id), ...engine.list(id)],
    ['PAUSED', 'long SUCCESS', 'again SUCCESS ×2', 'still PAUSED'],
  );
  // What was sent twice comes late.
  engine.tell(id, resume);
  assert.equal(engine.state(id), 'PAUSED');
  engine.order(id, 'resume');
  engine.play();
  assert.equal(engine.state(id), 'SUCCESS');
});

test('forcing what waits to go on', () => {
  const engine = new Engine(
    flow(`
      tasks:
        - {id: again, type: Return, retry: {type: constant, interval: PT1H, maxAttempts: 2}}
        - {id: still, type: Pause, pauseDuration: P1D}
        - {id: loop, type: LoopUntil, condition: "{{ outputs.loop.iterationCount == 1 }}", checkFrequency: {interval: PT1H}, tasks: [{id: a, type: Return}]}
    `),
    { script: { again: ({ attempt }) => (attempt === 1 ? 'FAILED' : 'SUCCESS') } },
  );
  const id = engine.start({ scheduleDateMs: engine.nowMs + 86_400_000 });
  for (let n = 0; n < 4; n++) {
    engine.elapse(1);
    engine.order(id, 'forceRun');
  }
  engine.elapse(1);
  assert.deepEqual(engine.list(id), ['again SUCCESS ×2', 'still SUCCESS', 'loop SUCCESS', 'loop / a#1 SUCCESS']);
});

test('beginning at the scheduled time, and not before', () => {
  const engine = new Engine(flow('tasks: [{id: work, type: Return}]'));
  const id = engine.start({ scheduleDateMs: engine.nowMs + 60_000 });
  engine.elapse(59_000);
  assert.deepEqual(shown(engine, id).list, []);
  assert.equal(engine.state(id), 'CREATED');
  engine.play();
  assert.equal(engine.state(id), 'SUCCESS');
});

for (const [behavior, state, rest] of [
  ['FAIL', 'FAILED', ['all KILLED', 'all / long KILLED']],
  ['CANCEL', 'CANCELLED', ['all KILLED', 'all / long KILLED']],
  ['NONE', 'SUCCESS', ['all SUCCESS', 'all / long SUCCESS', 'next SUCCESS']],
] as const)
  test(`missing the promise of a time: ${behavior}`, () => {
    const { engine, id, ...result } = played(
      flow(`
        sla: [{id: soon, type: MAX_DURATION, duration: PT5S, behavior: ${behavior}, labels: {late: "yes"}}]
        tasks:
          - {id: all, type: Sequential, tasks: [{id: long, type: Sleep, duration: PT10S}]}
          - {id: next, type: Return}
        errors: [{id: sorry, type: Return}]
        afterExecution: [{id: told, type: Return}]
      `),
      { script: { long: { ms: 10_000 } } },
    );
    assert.equal(result.state, state);
    assert.deepEqual(result.list, [...rest, 'afterExecution: told SUCCESS']);
    assert.equal(engine.run(id).head.labels.late, 'yes');
  });

test('missing a promise that something holds, once a task has ended', () => {
  const source = (behavior: string) =>
    flow(`
      sla: [{id: right, type: EXECUTION_ASSERTION, assert: "{{ outputs.a.value == 'right' }}", behavior: ${behavior}, labels: {wrong: "yes"}}]
      tasks: [{id: a, type: Return, format: wrong}, {id: b, type: Return}]
    `);
  const failed = played(source('FAIL'));
  assert.deepEqual([failed.state, ...failed.list], ['FAILED', 'a SUCCESS']);
  const noted = played(source('NONE'));
  assert.deepEqual([noted.state, ...noted.list], ['SUCCESS', 'a SUCCESS', 'b SUCCESS']);
  assert.equal(noted.engine.run(noted.id).head.labels.wrong, 'yes');
});

test('keeping a promise leaves no timer behind', () => {
  const { engine, state } = played(
    flow(`
      sla: [{id: soon, type: MAX_DURATION, duration: PT5S, behavior: FAIL}]
      tasks: [{id: a, type: Return}]
    `),
  );
  assert.equal(state, 'SUCCESS');
  assert.ok(engine.isQuiet);
});
