/** Flowables that go through values: ForEach, EachSequential, EachParallel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../support/engine.ts';
import { flow, played } from '../support/engine-flow.ts';

const each = (
  values: string,
  rest = '',
  tasks = '[{id: a, type: Return, format: "{{ taskrun.value }}"}, {id: b, type: Return}]',
) => flow(`tasks: [{id: each, type: ForEach, values: ${values}, tasks: ${tasks}${rest}}]`);
const valuesIn = (list: readonly string[], taskId: string): readonly string[] =>
  list.flatMap((line) => new RegExp(`^each / ${taskId}\\[(.*)\\] `).exec(line)?.[1] ?? []);

test('going through values one after the other', () => {
  assert.deepEqual(played(each('["x", "y"]')).list, [
    'each SUCCESS',
    'each / a[x] SUCCESS',
    'each / b[x] SUCCESS',
    'each / a[y] SUCCESS',
    'each / b[y] SUCCESS',
  ]);
});

test('going through several at once, and through all', () => {
  const script = { a: { ms: 1_000 }, b: { ms: 1_000 } };
  const two = played(each('["x", "y", "z"]', ', concurrencyLimit: 2'), { script });
  assert.deepEqual(two.list, [
    ...['each SUCCESS', 'each / a[x] SUCCESS', 'each / a[y] SUCCESS', 'each / b[x] SUCCESS', 'each / b[y] SUCCESS'],
    ...['each / a[z] SUCCESS', 'each / b[z] SUCCESS'],
  ]);
  const all = played(each('["x", "y", "z"]', ', concurrencyLimit: 0'), { script });
  assert.deepEqual(valuesIn(all.list.slice(0, 4), 'a'), ['x', 'y', 'z']);
});

for (const forgetful of [false, true])
  test(`going on with a fan-out that no step holds, while nothing of it ends${forgetful ? ', by another owner' : ''}`, () => {
    const source = each('"{{ range(1, 600) }}"', ', concurrencyLimit: 0', '[{id: a, type: Return}]');
    const engine = new Engine(source, { script: { a: { ms: 60_000 } }, forgetful });
    const id = engine.start();
    engine.elapse(1_000);
    const [parent, ...children] = engine.run(id).taskRuns.values();
    assert.deepEqual([parent!.taskId, children.length], ['each', 600]);
    assert.deepEqual([engine.run(id).live.size, [...engine.run(id).owners]], [601, [parent!.id]]);
  });

for (const [values, texts] of [
  ['[1, 2.5, true, "t"]', ['1', '2.5', 'true', 't']],
  ['["a", "a", "b"]', ['a', 'b']],
  ['[{k: 1}, [2, 3]]', ['{"k":1}', '[2,3]']],
  ['{one: 1, two: {x: 2}}', ['{"key":"one","value":1}', '{"key":"two","value":{"x":2}}']],
  ['"[\\"s\\", 7]"', ['s', '7']],
  ['"[1.0, 2.50, 1e3, {\\"a\\": 2.0, \\"b\\": null}]"', ['1.0', '2.5', '1000.0', '{"a":2.0}']],
  ['"{{ [1.0, 10000000.0] }}"', ['1.0', '1.0E7']],
  ['"{{ [1, 2] }}"', ['1', '2']],
  ['["{{ 1 + 1 }}", "z"]', ['2', 'z']],
  ['[]', []],
] as const)
  test(`taking ${values} as ${texts.length} values`, () => {
    const { state, list } = played(each(values));
    assert.equal(state, 'SUCCESS');
    assert.deepEqual(valuesIn(list, 'a'), texts);
  });

for (const [values, message] of [
  ['[1, null]', /Found '1' null values on Each, with values=\[1, null\]/],
  ['"nothing"', /values: expected a list, got nothing/],
  ['"{{ range(0, 200000) }}"', /expected at most/],
  ['"{{ nowhere }}"', /Unable to find `nowhere`/],
] as const)
  test(`failing where the values are ${values}`, () => {
    const { state, list, engine } = played(each(values));
    assert.equal(state, 'FAILED');
    assert.deepEqual(list, ['each FAILED']);
    assert.match(engine.lines[0]!.message, message);
  });

test('beginning no other value where one has failed', () => {
  const script = { a: ({ value }: { value?: string }) => (value === 'y' ? 'FAILED' : 'SUCCESS') } as const;
  const { state, list } = played(each('["x", "y", "z"]', ', errors: [{id: sorry, type: Return}]'), { script });
  assert.equal(state, 'FAILED');
  assert.deepEqual(list, [
    ...['each FAILED', 'each / a[x] SUCCESS', 'each / b[x] SUCCESS', 'each / a[y] FAILED'],
    'each / errors: sorry SUCCESS',
  ]);
});

test('seeing values of all iterations around, and outputs by them', () => {
  const { engine, id, list } = played(
    flow(`
      tasks:
        - id: outer
          type: ForEach
          values: ["x", "y"]
          tasks:
            - {id: before, type: Return, format: "{{ taskrun.value }}{{ taskrun.iteration }}"}
            - id: inner
              type: ForEach
              values: ["1", "2"]
              tasks:
                - id: deep
                  type: Return
                  format: "{{ taskrun.value }}<{{ parent.taskrun.value }}<{{ parents[0].taskrun.value }} {{ outputs.before[parent.taskrun.value].value }}"
                - {id: own, type: Return, format: "{{ currentEachOutput(outputs.deep).value }}"}
        - {id: after, type: Return, format: "{{ outputs.deep.y['2'].value }}, {{ outputs.before | jq('keys') }}"}
    `),
  );
  const byPath = new Map(list.map((line, n) => [line, [...engine.run(id).taskRuns.values()][n]!.outputs?.value]));
  assert.equal(byPath.get('outer / inner[x] / deep[2] SUCCESS'), '2<x<x x0');
  assert.equal(byPath.get('outer / inner[y] / own[1] SUCCESS'), '1<y<y y1');
  assert.equal(byPath.get('after SUCCESS'), '2<y<y y1, [["x","y"]]');
  assert.equal(list.length, 1 + 2 * (2 + 2 * 2) + 1);
});

test('iterating over flowables that have errors of their own', () => {
  const tasks = `[{id: body, type: Sequential, tasks: [{id: a, type: Return}], errors: [{id: sorry, type: Return}],
    finally: [{id: last, type: Return}], allowFailure: true}]`;
  const script = { a: 'FAILED' } as const;
  const { state, list } = played(each('["x", "y"]', '', tasks), { script });
  assert.equal(state, 'WARNING');
  assert.deepEqual(list, [
    'each WARNING',
    ...['x', 'y'].flatMap((value) => [
      `each / body[${value}] WARNING`,
      `each / body[${value}] / a FAILED`,
      `each / body[${value}] / errors: sorry SUCCESS`,
      `each / body[${value}] / finally: last SUCCESS`,
    ]),
  ]);
});

test('leaving disabled tasks of an iteration out', () => {
  const off = '{id: b, type: Return, disabled: true}';
  assert.deepEqual(played(each('["x"]', '', `[{id: a, type: Return}, ${off}]`)).list, [
    'each SUCCESS',
    'each / a[x] SUCCESS',
  ]);
  assert.deepEqual(played(each('["x"]', '', `[${off}]`)).list, ['each SUCCESS']);
});

test('skipping in some iterations what runIf says', () => {
  const tasks = `[{id: a, type: Return, runIf: "{{ taskrun.value == 'x' }}"}, {id: b, type: Return}]`;
  assert.deepEqual(played(each('["x", "y"]', '', tasks)).list, [
    ...['each SUCCESS', 'each / a[x] SUCCESS', 'each / b[x] SUCCESS', 'each / a[y] SKIPPED', 'each / b[y] SUCCESS'],
  ]);
});

const OLD = (type: string, rest = '') =>
  flow(
    `tasks: [{id: each, type: ${type}, value: "[\\"x\\", \\"y\\"]"${rest}, tasks: [{id: a, type: Return}, {id: b, type: Return}]}]`,
  );

test('going through values as older flows do', () => {
  assert.deepEqual(played(OLD('EachSequential')).list, [
    ...['each SUCCESS', 'each / a[x] SUCCESS', 'each / b[x] SUCCESS', 'each / a[y] SUCCESS', 'each / b[y] SUCCESS'],
  ]);
  const script = { a: { ms: 1_000 }, b: { ms: 1_000 } };
  const parallel = played(OLD('EachParallel'), { script });
  assert.deepEqual([...parallel.list].sort(), [
    ...['each / a[x] SUCCESS', 'each / a[y] SUCCESS', 'each / b[x] SUCCESS', 'each / b[y] SUCCESS', 'each SUCCESS'],
  ]);
  const endOf = ({ engine, id }: typeof parallel) =>
    engine.run(id).head.history.at(-1)![1] - engine.run(id).start.createdAtMs;
  assert.equal(endOf(parallel), 1_000);
  assert.equal(endOf(played(OLD('EachParallel', ', concurrent: 2'), { script })), 2_000);
});

test('going through ten thousand values, ten thousand at once', () => {
  const source = each('"{{ range(1, 10000) }}"', ', concurrencyLimit: 0', '[{id: a, type: Return}]');
  const engine = new Engine(source, { script: { a: { state: 'SUCCESS' } } });
  const id = engine.start();
  engine.play();
  assert.equal(engine.state(id), 'SUCCESS');
  const { taskRuns } = engine.run(id);
  assert.equal(taskRuns.size, 10_001);
  assert.deepEqual(new Set([...taskRuns.values()].map(({ history }) => history.at(-1)![0])), new Set(['SUCCESS']));
  assert.equal(new Set([...taskRuns.values()].map(({ value }) => value)).size, 10_001);
});

test('seeing states by the task run’s own value alone, and of what has none the last', () => {
  let deeps = 0;
  const { engine, id } = played(
    flow(`
      tasks:
        - id: outer
          type: ForEach
          values: ["x", "y"]
          tasks:
            - {id: own, type: Return}
            - id: all
              type: Sequential
              tasks: [{id: deep, type: Return, allowFailure: true}]
            - {id: inner, type: ForEach, values: ["1", "2"], tasks: [{id: leaf, type: Return}]}
        - id: seen
          type: Return
          format: "{{ tasks.own | keys }} {{ tasks.own.x.state }} {{ tasks.deep.state }} {{ tasks.leaf | keys }} {{ tasks.leaf['2'].state }}"
    `),
    { script: { deep: () => (++deeps % 2 === 1 ? 'FAILED' : 'SUCCESS') } },
  );
  const seen = [...engine.run(id).taskRuns.values()].find(({ taskId }) => taskId === 'seen')!;
  assert.equal(seen.outputs!.value, '["x","y"] SUCCESS SUCCESS ["1","2"] SUCCESS');
});
