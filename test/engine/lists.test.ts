/** Lists of tasks: one after the other, inside one another, what handles errors, what comes at last and after the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flow, played } from '../support/engine-flow.ts';

const NESTED = flow(`
  tasks:
    - id: outer
      type: Sequential
      tasks:
        - id: middle
          type: Parallel
          tasks:
            - id: inner
              type: Sequential
              tasks:
                - {id: bad, type: Return}
                - {id: after-bad, type: Return}
              errors: [{id: inner-error, type: Return, format: "{{ error.taskId }}"}]
              finally: [{id: inner-last, type: Return}]
            - {id: beside, type: Return}
          errors: [{id: middle-error, type: Return, format: "{{ error.taskId }}"}]
          finally: [{id: middle-last, type: Return}]
        - {id: after-middle, type: Return}
      finally: [{id: outer-last, type: Return}]
    - {id: after-outer, type: Return}
  errors: [{id: error-1, type: Return}, {id: error-2, type: Return, format: "{{ error.taskId }}"}]
  finally: [{id: last, type: Return}]
  afterExecution: [{id: told, type: Return, format: "{{ execution.state }}"}]
`);

test('running errors and finally at each level, from the innermost outwards', () => {
  const { engine, id, state, list } = played(NESTED, { script: { bad: 'FAILED' } });
  assert.equal(state, 'FAILED');
  assert.deepEqual(list, [
    'outer FAILED',
    'outer / middle FAILED',
    'outer / middle / inner FAILED',
    'outer / middle / beside SUCCESS',
    'outer / middle / inner / bad FAILED',
    'outer / middle / inner / errors: inner-error SUCCESS',
    'outer / middle / inner / finally: inner-last SUCCESS',
    'outer / middle / errors: middle-error SUCCESS',
    'outer / middle / finally: middle-last SUCCESS',
    'outer / finally: outer-last SUCCESS',
    'errors: error-1 SUCCESS',
    'errors: error-2 SUCCESS',
    'finally: last SUCCESS',
    'afterExecution: told SUCCESS',
  ]);
  const outputs = new Map([...engine.run(id).taskRuns.values()].map((run) => [run.taskId, run.outputs?.value]));
  assert.deepEqual(
    ['inner-error', 'middle-error', 'error-2', 'told'].map((taskId) => outputs.get(taskId)),
    ['bad', 'bad', 'bad', 'FAILED'],
  );
});

test('running finally, and no errors, where all goes well', () => {
  const { state, list } = played(NESTED);
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, [
    'outer SUCCESS',
    'outer / middle SUCCESS',
    'outer / middle / inner SUCCESS',
    'outer / middle / beside SUCCESS',
    'outer / middle / inner / bad SUCCESS',
    'outer / middle / inner / after-bad SUCCESS',
    'outer / middle / inner / finally: inner-last SUCCESS',
    'outer / middle / finally: middle-last SUCCESS',
    'outer / after-middle SUCCESS',
    'outer / finally: outer-last SUCCESS',
    'after-outer SUCCESS',
    'finally: last SUCCESS',
    'afterExecution: told SUCCESS',
  ]);
});

test('going on in errors and finally when one of their tasks fails, and ending as the tasks did', () => {
  const source = flow(`
    tasks: [{id: good, type: Return}]
    finally: [{id: last-1, type: Return}, {id: last-2, type: Return}]
    afterExecution: [{id: told-1, type: Return}, {id: told-2, type: Return}]
  `);
  const well = played(source, { script: { 'last-1': 'FAILED', 'told-1': 'FAILED' } });
  assert.equal(well.state, 'SUCCESS');
  assert.deepEqual(well.list, [
    'good SUCCESS',
    'finally: last-1 FAILED',
    'finally: last-2 SUCCESS',
    'afterExecution: told-1 FAILED',
    'afterExecution: told-2 SUCCESS',
  ]);
});

test('nesting twenty levels deep', () => {
  const depth = 19;
  let tasks = '[{id: deepest, type: Return}]';
  for (let n = depth; n > 0; n--) tasks = `[{id: level${n}, type: Sequential, tasks: ${tasks}}]`;
  const { state, list } = played(flow(`tasks: ${tasks}`), { script: { deepest: 'FAILED' } });
  assert.equal(state, 'FAILED');
  assert.equal(list.length, depth + 1);
  assert.deepEqual(
    list.map((line) => line.split(' ').at(-1)),
    Array(depth + 1).fill('FAILED'),
  );
});

test('leaving disabled tasks out of every list, and running a flow in which all are', () => {
  const off = 'type: Return, disabled: true';
  const { state, list } = played(
    flow(`
      tasks:
        - {id: off-1, ${off}}
        - {id: works, type: Return}
        - id: empty
          type: Sequential
          tasks: [{id: off-2, ${off}}]
          finally: [{id: off-3, ${off}}]
        - {id: closed, type: Parallel, disabled: true, tasks: [{id: never, type: Return}]}
      errors: [{id: off-4, ${off}}]
      finally: [{id: off-5, ${off}}]
      afterExecution: [{id: off-6, ${off}}]
    `),
  );
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, ['works SUCCESS', 'empty SUCCESS']);
  assert.deepEqual(played(flow(`tasks: [{id: off, ${off}}]`)).list, []);
  assert.equal(played(flow(`tasks: [{id: off, ${off}}]`)).state, 'SUCCESS');
});

test('skipping what runIf says, with all that is inside it', () => {
  const { state, list } = played(
    flow(`
      inputs: [{id: go, type: BOOLEAN}]
      tasks:
        - {id: one, type: Return, runIf: "{{ inputs.go }}"}
        - id: all
          type: Sequential
          runIf: "{{ inputs.go }}"
          tasks: [{id: inside, type: Return}]
          finally: [{id: last, type: Return}]
        - {id: broken, type: Return, runIf: "{{ nothing.there }}", allowFailure: true}
        - {id: when-1, type: Return, when: "{{ not inputs.go }}"}
      errors: [{id: unexpected, type: Return}]
    `),
    {},
    { go: false },
  );
  assert.equal(state, 'WARNING');
  assert.deepEqual(list, ['one SKIPPED', 'all SKIPPED', 'broken WARNING', 'when-1 SUCCESS']);
});

test('telling listeners whose conditions hold, after what runs after the execution', () => {
  const source = flow(`
    tasks: [{id: work, type: Return}]
    afterExecution: [{id: told, type: Return}]
    listeners:
      - conditions: [{type: io.kestra.plugin.core.condition.ExecutionStatus, in: [FAILED]}]
        tasks: [{id: sad, type: Return}]
      - conditions: [{type: io.kestra.plugin.core.condition.ExecutionStatus, in: [SUCCESS]}]
        tasks: [{id: glad, type: Sequential, tasks: [{id: inside, type: Return}]}]
      - tasks: [{id: always, type: Return}]
      - conditions: [{type: io.kestra.plugin.core.condition.Expression, expression: "{{ nothing.there }}"}]
        tasks: [{id: unknown, type: Return}]
  `);
  assert.deepEqual(played(source).list, [
    'work SUCCESS',
    'afterExecution: told SUCCESS',
    'afterExecution: glad SUCCESS',
    'afterExecution: glad / inside SUCCESS',
    'afterExecution: always SUCCESS',
  ]);
  const failed = played(source, { script: { work: 'FAILED' } });
  assert.equal(failed.state, 'FAILED');
  assert.deepEqual(failed.list, [
    'work FAILED',
    'afterExecution: told SUCCESS',
    'afterExecution: sad SUCCESS',
    'afterExecution: always SUCCESS',
  ]);
});

test('taking outputs of the flow when its tasks have ended, and failing where one cannot be rendered', () => {
  const source = (value: string, more = '') =>
    flow(`
      tasks: [{id: work, type: Return, format: "7"}]
      outputs: [{id: number, type: INT, value: "${value}"${more}}]
    `);
  const good = played(source('{{ outputs.work.value }}'));
  assert.deepEqual(good.engine.run(good.id).head.outputs, { number: 7 });
  assert.equal(played(source('{{ outputs.nowhere.value }}')).state, 'FAILED');
  assert.equal(played(source('seven')).state, 'FAILED');
  assert.equal(played(source('{{ outputs.nowhere.value }}', ', required: false')).state, 'SUCCESS');
  assert.equal(played(source('{{ outputs.nowhere.value }}'), { script: { work: 'FAILED' } }).state, 'FAILED');
});

test('changing state, labels and variables from within', () => {
  const { engine, id, state, list } = played(
    flow(`
      variables: {a: {b: 1}, c: 2}
      labels: {colour: red}
      tasks:
        - {id: set, type: SetVariables, variables: {a: {d: 3}, e: 4}}
        - {id: unset, type: UnsetVariables, variables: [c]}
        - {id: seen, type: Return, format: "{{ vars | toJson }}"}
        - {id: labelled, type: Labels, labels: {colour: blue, shape: round}}
        - id: beside
          type: Parallel
          tasks:
            - {id: ends, type: Exit, state: WARNING}
            - {id: goes-on, type: Return}
          finally: [{id: inner-last, type: Return}]
        - {id: never, type: Return}
      errors: [{id: no-error, type: Return}]
      finally: [{id: last, type: Return}]
    `),
  );
  const { head, taskRuns } = engine.run(id);
  assert.equal(state, 'WARNING');
  assert.deepEqual(list, [
    'set SUCCESS',
    'unset SUCCESS',
    'seen SUCCESS',
    'labelled SUCCESS',
    'beside WARNING',
    'beside / ends WARNING',
    'beside / goes-on SUCCESS',
    'beside / finally: inner-last SUCCESS',
    'finally: last SUCCESS',
  ]);
  assert.deepEqual(head.labels, { colour: 'blue', shape: 'round' });
  assert.deepEqual(head.variables, { a: { b: 1, d: 3 }, e: 4 });
  const seen = [...taskRuns.values()].find(({ taskId }) => taskId === 'seen');
  assert.deepEqual(JSON.parse(String(seen?.outputs?.value)), { a: { b: 1, d: 3 }, e: 4 });
});

test('refusing to overwrite or unset what may not be', () => {
  const source = flow(`
    variables: {a: 1}
    tasks:
      - {id: set, type: SetVariables, variables: {a: 2}, overwrite: false, allowFailure: true}
      - {id: unset, type: UnsetVariables, variables: [b], ignoreMissing: false, allowFailure: true}
  `);
  const { engine, id, list } = played(source);
  assert.deepEqual(list, ['set WARNING', 'unset WARNING']);
  assert.equal(engine.run(id).head.variables, undefined);
});

for (const [state, ended] of [
  ['SUCCESS', 'SUCCESS'],
  ['FAILED', 'FAILED'],
  ['KILLED', 'KILLED'],
  ['CANCELED', 'CANCELLED'],
])
  test(`ending by Exit as ${ended}`, () => {
    const { state: reached, list } = played(
      flow(`
        tasks:
          - id: all
            type: Sequential
            tasks: [{id: ends, type: Exit, state: ${state}}, {id: never, type: Return}]
        errors: [{id: no-error, type: Return}]
      `),
    );
    assert.equal(reached, ended);
    assert.deepEqual(list, [`all ${ended}`, `all / ends ${ended}`]);
  });

test('ending what runs beside it where Exit kills, and letting it go on where it does not', () => {
  const source = (state: string) =>
    flow(`
      tasks:
        - id: all
          type: Parallel
          tasks: [{id: long, type: Sleep, duration: PT10S}, {id: ends, type: Exit, state: ${state}}]
      finally: [{id: last, type: Return}]
      afterExecution: [{id: told, type: Return}]
    `);
  const script = { long: { ms: 10_000 } };
  assert.deepEqual(played(source('KILLED'), { script }).list, [
    'all KILLED',
    'all / long KILLED',
    'all / ends KILLED',
    'afterExecution: told SUCCESS',
  ]);
  assert.deepEqual(played(source('SUCCESS'), { script }).list, [
    'all SUCCESS',
    'all / long SUCCESS',
    'all / ends SUCCESS',
    'finally: last SUCCESS',
    'afterExecution: told SUCCESS',
  ]);
});
