/** Flowables that choose or spread: Parallel, Dag, If, Switch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlow } from '../../lib/flow/parse.ts';
import { Engine } from '../support/engine.ts';
import { flow, played } from '../support/engine-flow.ts';
import { plugins } from '../support/task-outcomes.ts';

const SECOND = { ms: 1_000 };
const problemsOf = (source: string): readonly string[] =>
  parseFlow(source, plugins.catalogue, { tenant: 'main' }).problems.map(({ path, message }) => `${path}: ${message}`);

/** How many task runs live at the same time, at most. */
function liveMax(source: string, script = {}): number {
  const engine = new Engine(source, { script });
  const id = engine.start();
  let max = 0;
  for (let n = 0; n < 500 && !engine.isQuiet; n++) {
    const { live, taskRuns } = engine.run(id);
    const runnable = [...live].filter(
      (each) => engine.flowOf(id).taskOf.get(taskRuns.get(each)!.taskId)!.kind === 'runnable',
    );
    max = Math.max(max, runnable.length);
    engine.play({ events: 1 });
  }
  assert.ok(engine.isOver(id));
  return max;
}

test('running tasks at the same time, and as many as concurrent says', () => {
  const source = (concurrent: number) =>
    flow(`
      tasks:
        - id: all
          type: Parallel
          concurrent: ${concurrent}
          tasks: [{id: a, type: Return}, {id: b, type: Return}, {id: c, type: Return}, {id: d, type: Return}]
    `);
  const script = { a: SECOND, b: SECOND, c: SECOND, d: SECOND };
  assert.deepEqual(
    [0, 1, 3].map((concurrent) => liveMax(source(concurrent), script)),
    [4, 1, 3],
  );
});

test('letting what runs beside a failed task end, and beginning nothing new', () => {
  const { state, list } = played(
    flow(`
      tasks:
        - id: all
          type: Parallel
          concurrent: 2
          tasks: [{id: bad, type: Return}, {id: long, type: Return}, {id: never, type: Return}]
          errors: [{id: sorry, type: Return}]
          finally: [{id: last, type: Return}]
    `),
    { script: { bad: 'FAILED', long: { ms: 5_000 } } },
  );
  assert.equal(state, 'FAILED');
  assert.deepEqual(list, [
    'all FAILED',
    'all / bad FAILED',
    'all / long SUCCESS',
    'all / errors: sorry SUCCESS',
    'all / finally: last SUCCESS',
  ]);
});

const DAG = flow(`
  tasks:
    - id: dag
      type: Dag
      concurrent: 2
      tasks:
        - {task: {id: last, type: Return}, dependsOn: [left, right]}
        - {task: {id: left, type: Return}, dependsOn: [first, off]}
        - {task: {id: right, type: Return}, dependsOn: [first]}
        - {task: {id: off, type: Return, disabled: true}}
        - {task: {id: first, type: Return}}
        - {task: {id: alone, type: Return}}
        - {task: {id: alone-2, type: Return}}
      errors: [{id: sorry, type: Return}]
`);

test('running a graph in the order of its dependencies, whatever the order of writing', () => {
  const { state, list } = played(DAG);
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(list, [
    'dag SUCCESS',
    'dag / first SUCCESS',
    'dag / alone SUCCESS',
    'dag / left SUCCESS',
    'dag / right SUCCESS',
    'dag / alone-2 SUCCESS',
    'dag / last SUCCESS',
  ]);
  assert.equal(liveMax(DAG), 2);
});

test('ending a graph in which something fails, without what depends on it', () => {
  const { state, list } = played(DAG, { script: { first: 'FAILED' } });
  assert.equal(state, 'FAILED');
  assert.deepEqual(list, ['dag FAILED', 'dag / first FAILED', 'dag / alone SUCCESS', 'dag / errors: sorry SUCCESS']);
});

test('refusing graphs that turn in circles, or name what is not there', () => {
  const dag = (tasks: string) => flow(`tasks: [{id: dag, type: Dag, tasks: [${tasks}]}]`);
  assert.deepEqual(
    problemsOf(
      dag(
        '{task: {id: a, type: Return}, dependsOn: [b]}, {task: {id: b, type: Return}, dependsOn: [a]}, {task: {id: c, type: Return}, dependsOn: [a]}',
      ),
    ),
    ['tasks[0].tasks: expected dependencies without a cycle, got one among a, b'],
  );
  assert.deepEqual(
    problemsOf(dag('{task: {id: first, type: Return}}, {task: {id: b, type: Return}, dependsOn: [frist]}')),
    ['tasks[0].tasks[1].dependsOn[0]: expected the id of a task in this Dag, got frist (did you mean first?)'],
  );
});

for (const [condition, holds] of [
  ['"{{ inputs.there }}"', true],
  ['"{{ inputs.there == \'x\' }}"', false],
  ['"False"', true],
  ['false', false],
  ['"0"', false],
  ['"-0"', false],
  ['""', false],
  ['"  "', false],
  ['"{{ null }}"', false],
  ['"[]"', true],
] as const)
  test(`taking ${holds ? 'then' : 'else'} where the condition is ${condition}`, () => {
    const source = flow(`
      inputs: [{id: there, type: STRING, defaults: "yes"}]
      tasks:
        - id: choice
          type: If
          condition: ${condition}
          then: [{id: so, type: Return}]
          else: [{id: otherwise, type: Return}]
    `);
    const { engine, id, list } = played(source);
    assert.deepEqual(list, ['choice SUCCESS', `choice / ${holds ? 'so' : 'otherwise'} SUCCESS`]);
    assert.deepEqual([...engine.run(id).taskRuns.values()][0]!.outputs, { evaluationResult: holds });
  });

test('ending an If without else, and failing one whose condition cannot be rendered', () => {
  const source = (condition: string) =>
    flow(`
      tasks:
        - {id: choice, type: If, condition: "${condition}", then: [{id: so, type: Return}], errors: [{id: sorry, type: Return}]}
    `);
  assert.deepEqual(played(source('false')).list, ['choice SUCCESS']);
  const broken = played(source('{{ nowhere }}'));
  assert.equal(broken.state, 'FAILED');
  assert.deepEqual(broken.list, ['choice FAILED']);
});

const SWITCH = (value: string, rest: string) =>
  flow(`
    inputs: [{id: which, type: STRING, defaults: "2"}]
    tasks:
      - id: choice
        type: Switch
        value: "${value}"
        cases:
          "1": [{id: one, type: Return}]
          2: [{id: two, type: Return}, {id: two-more, type: Return}]
          "true": [{id: said, type: Return}]
        ${rest}
  `);

test('taking the case that is named as the value', () => {
  assert.deepEqual(played(SWITCH('{{ inputs.which }}', '')).list, [
    'choice SUCCESS',
    'choice / two SUCCESS',
    'choice / two-more SUCCESS',
  ]);
  assert.deepEqual(played(SWITCH('{{ 1 == 1 }}', '')).list, ['choice SUCCESS', 'choice / said SUCCESS']);
  const { engine, id, list } = played(SWITCH('toString', 'defaults: [{id: other, type: Return}]'));
  assert.deepEqual(list, ['choice SUCCESS', 'choice / other SUCCESS']);
  assert.deepEqual([...engine.run(id).taskRuns.values()][0]!.outputs, { value: 'toString', defaults: true });
});

test('failing a Switch without such a case and without defaults', () => {
  const { state, list, engine } = played(SWITCH('3', 'errors: [{id: sorry, type: Return}]'));
  assert.equal(state, 'FAILED');
  assert.deepEqual(list, ['choice FAILED']);
  assert.match(engine.lines[0]!.message, /^value: expected one of 1, 2, true or defaults, got 3$/);
});

test('handling the failure inside a case', () => {
  const { state, list } = played(SWITCH('1', 'errors: [{id: sorry, type: Return}]'), { script: { one: 'FAILED' } });
  assert.equal(state, 'FAILED');
  assert.deepEqual(list, ['choice FAILED', 'choice / one FAILED', 'choice / errors: sorry SUCCESS']);
});

test('seeing those around that carry a value or have outputs, innermost first', () => {
  const { engine, id } = played(
    flow(`
      tasks:
        - id: each
          type: ForEach
          values: ["x"]
          tasks:
            - id: all
              type: Sequential
              tasks:
                - id: bare
                  type: Sequential
                  tasks:
                    - id: asked
                      type: If
                      condition: "{{ parent.taskrun.value }}"
                      then:
                        - {id: seen, type: Return, format: "{{ parents }} {{ parent.outputs.evaluationResult }} {{ parents[1].taskrun.value }}"}
    `),
  );
  const seen = [...engine.run(id).taskRuns.values()].find(({ taskId }) => taskId === 'seen')!;
  assert.equal(
    seen.outputs?.value,
    '[{"outputs":{"evaluationResult":true}},{"taskrun":{"value":"x","iteration":0}}] true x',
  );
});
