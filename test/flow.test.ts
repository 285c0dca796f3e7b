/** Parsing flows: what becomes of a good one, and what is said of a bad one. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import core from '@windhover/plugin-core';
import { parseFlow } from '../lib/flow/parse.ts';
import { sourceHash } from '../lib/model/ids.ts';
import type { Problem } from '../lib/model/problem.ts';
import { catalogueOf } from '../lib/plugin/catalogue.ts';
import { entriesOf } from '../lib/plugin/load.ts';

const catalogue = catalogueOf(entriesOf(core.tasks));
const parse = (source: string) => parseFlow(source, catalogue, { tenant: 'main' });
const errors = (source: string): readonly Problem[] => {
  const { flow, problems } = parse(source);
  assert.equal(flow, undefined);
  return problems.filter(({ severity }) => severity === 'error');
};
const HEAD = 'id: a\nnamespace: b.c\n';
const TASK = 'tasks:\n  - id: t\n    type: io.kestra.plugin.core.debug.Return\n    format: x\n';

test('parsing a flow with nested lists', () => {
  const source = `${HEAD}labels: { team: data, n: 1 }
variables: { greeting: "Hello {{ inputs.name }}" }
inputs:
  - { id: name, type: STRING, defaults: you }
  - { id: count, type: INT, min: 1, required: false }
tasks:
  - id: all
    type: io.kestra.core.tasks.flows.Parallel
    concurrent: 2
    tasks:
      - id: one
        type: io.kestra.core.tasks.debugs.Return
        format: "{{ render(vars.greeting) }}"
        retry: { type: constant, interval: PT1S, maxAttempts: 3 }
        timeout: PT1M
        runIf: "{{ true }}"
        workerGroup: { key: gpu }
      - id: two
        type: io.kestra.plugin.core.log.Log
        message: [a, b]
        disabled: true
    errors:
      - { id: rescue, type: io.kestra.plugin.core.log.Log, message: oh }
finally:
  - { id: last, type: io.kestra.plugin.core.log.Log, message: bye }
outputs:
  - { id: out, type: STRING, value: "{{ outputs.one.value }}" }
`;
  const { flow, problems } = parse(source);
  assert.deepEqual(
    problems.map(({ severity, path }) => [severity, path]),
    [
      ['warning', 'tasks[0].type'],
      ['warning', 'tasks[0].tasks[0].type'],
    ],
  );
  assert.equal(flow!.hash, sourceHash('main', source));
  assert.deepEqual(flow!.labels, { team: 'data', n: '1' });
  assert.deepEqual([...flow!.taskOf.keys()].sort(), ['all', 'last', 'one', 'rescue', 'two']);
  const all = flow!.tasks[0]!;
  assert.equal(all.type, 'io.kestra.plugin.core.flow.Parallel');
  assert.deepEqual(Object.keys(all.lists).sort(), ['errors', 'finally', 'tasks']);
  assert.deepEqual(all.properties, { concurrent: 2 });
  const one = flow!.taskOf.get('one')!;
  assert.deepEqual(one.parents, ['all']);
  assert.equal(one.workerGroup, 'gpu');
  assert.equal(one.retry?.intervalMs, 1_000);
  assert.equal(one.timeout, 'PT1M');
  assert.equal(flow!.taskOf.get('two')!.disabled, true);
  assert.equal(flow!.inputs[1]!.min, 1);
});

test('naming line, column, path, expected and got of every problem', () => {
  const problems = errors(`id: a b
namespace: c
tasks:
  - id: t
    type: io.kestra.plugin.core.debug.Retrun
  - id: u
    type: io.kestra.plugin.core.log.Log
    mesage: hello
    timeout: soon
  - id: v
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs. }}"
    level: LOUD
`);
  const byPath = new Map(problems.map((problem) => [problem.path, problem]));
  assert.deepEqual([...byPath.keys()].sort(), [
    'id',
    'tasks[0].type',
    'tasks[1].mesage',
    'tasks[1].message',
    'tasks[1].timeout',
    'tasks[2].level',
  ]);
  for (const problem of problems) assert.ok(problem.line! >= 1 && problem.column! >= 1, problem.path);
  assert.deepEqual([byPath.get('tasks[1].mesage')!.line, byPath.get('tasks[1].mesage')!.column], [8, 13]);
  assert.match(byPath.get('tasks[0].type')!.message, /did you mean io\.kestra\.plugin\.core\.debug\.Return/);
  assert.equal(byPath.get('tasks[0].type')!.kestra, 'Invalid type: io.kestra.plugin.core.debug.Retrun');
  assert.match(byPath.get('tasks[1].mesage')!.message, /did you mean message/);
  assert.match(
    byPath.get('tasks[1].mesage')!.kestra!,
    /^Unrecognized field "mesage" \(class io\.kestra\.plugin\.core\.log\.Log\)/,
  );
  assert.match(byPath.get('tasks[1].timeout')!.message, /expected an ISO-8601 duration/);
  assert.match(byPath.get('tasks[2].level')!.message, /expected one of TRACE, DEBUG, INFO, WARN, ERROR, got "LOUD"/);
});

test('pointing into the text of a value', () => {
  const at = (message: string) => {
    const { flow, problems } = parse(
      `${HEAD}tasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: ${message}\n`,
    );
    // Kestra takes it: it fails when it is rendered.
    assert.ok(flow);
    const [{ severity, line, column }] = problems as [Problem];
    assert.equal(severity, 'warning');
    return [line, column];
  };
  const [plainLine, plainColumn] = at('ab {{ 1 + }}');
  assert.deepEqual(at('"ab {{ 1 + }}"'), [plainLine, plainColumn! + 1]);
  assert.deepEqual(at('|\n      first\n      ab {{ 1 + }}'), [plainLine! + 2, plainColumn! - 7]);
  assert.ok(plainLine === 6 && plainColumn! > 17);
});

test('refusing task ids that are written twice, in any list', () => {
  const problems = errors(`${HEAD}tasks:
  - { id: t, type: io.kestra.plugin.core.debug.Return }
  - id: s
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: t, type: io.kestra.plugin.core.debug.Return }
    errors:
      - { id: t, type: io.kestra.plugin.core.debug.Return }
errors:
  - { id: s, type: io.kestra.plugin.core.debug.Return }
`);
  assert.equal(problems[0]!.kestra, 'Duplicate task id with name [t, s]');
  assert.deepEqual([problems[1]!.kestra, problems[1]!.path], [undefined, 'errors[0].id']);
});

test('wanting tasks in a flow and in what holds tasks', () => {
  assert.deepEqual(
    errors(`${HEAD}tasks: []`).map(({ path, kestra }) => [path, kestra]),
    [['tasks', 'must not be empty']],
  );
  const [problem] = errors(`${HEAD}tasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Parallel\n`);
  assert.deepEqual([problem!.path, problem!.kestra, problem!.line], ['tasks[0].tasks', 'must not be empty', 4]);
  assert.match(errors('just a text')[0]!.message, /expected a map/);
  assert.match(errors('')[0]!.message, /expected a map/);
});

test('refusing labels of the system, save readOnly', () => {
  const [problem] = errors(`${HEAD}labels:\n  system.x: y\n${TASK}`);
  assert.equal(problem!.kestra, 'System labels can only be set by Kestra itself, offending label: system.x=y');
  assert.deepEqual(parse(`${HEAD}labels:\n  - { key: system.readOnly, value: true }\n${TASK}`).flow!.labels, {
    'system.readOnly': 'true',
  });
});

test('refusing what would change a run and is not built yet', () => {
  assert.match(errors(`${HEAD}concurrency: { limit: 1 }\n${TASK}`)[0]!.message, /concurrency is not supported yet/);
  assert.match(
    errors(`${HEAD}inputs:\n  - { id: f, type: REUSABLE_INPUTS }\n${TASK}`)[0]!.message,
    /input type REUSABLE_INPUTS is not supported yet/,
  );
  assert.match(errors(`${HEAD}taks: []\n${TASK}`)[0]!.message, /did you mean tasks/);
  assert.ok(parse(`${HEAD}revision: 3\nlisteners: []\n${TASK}`).flow);
});

test('refusing inputs that cannot be', () => {
  const problems = errors(`${HEAD}inputs:
  - { id: n, type: INT, defaults: many }
  - { id: n, type: INT }
  - { id: v, type: STRING, validator: "(" }
  - { id: x }
  - { id: y, type: BOOL, min: 1 }
${TASK}`);
  assert.deepEqual(
    problems.map(({ path }) => path),
    ['inputs[0].defaults', 'inputs[1].id', 'inputs[2].validator', 'inputs[3].type', 'inputs[4].min'],
  );
  assert.equal(problems[3]!.kestra, 'Invalid type: null');
  assert.match(problems[2]!.kestra!, /invalid pattern/);
});

test('refusing retries without bounds that make sense', () => {
  const paths = (retry: string) => errors(`${HEAD}${TASK}    retry: ${retry}\n`).map(({ path }) => path);
  assert.deepEqual(paths('{ type: constant }'), ['tasks[0].retry.interval']);
  assert.deepEqual(paths('{ type: constant, interval: PT-1S }'), ['tasks[0].retry.interval']);
  assert.deepEqual(paths('{ type: sometimes }'), ['tasks[0].retry.type']);
  assert.deepEqual(paths('{ type: random, minInterval: PT2S, maxInterval: PT1S }'), ['tasks[0].retry.maxInterval']);
  assert.deepEqual(paths('{ type: constant, interval: PT1S, maxAttempts: 0 }'), ['tasks[0].retry.maxAttempts']);
});

test('bounding depth and hostile names', () => {
  let source = `${HEAD}tasks:\n`;
  for (let n = 0; n < 30; n++)
    source += `${'  '.repeat(n * 2 + 1)}- id: s${n}\n${'  '.repeat(n * 2 + 2)}type: io.kestra.plugin.core.flow.Sequential\n${'  '.repeat(n * 2 + 2)}tasks:\n`;
  assert.notEqual(errors(source).length, 0);
  for (const type of ['constructor', '__proto__', '../../x', 'toString'])
    assert.equal(errors(`${HEAD}tasks:\n  - { id: t, type: "${type}" }\n`)[0]!.kestra, `Invalid type: ${type}`);
  assert.notEqual(errors(`${HEAD}constructor: x\ntoString: y\n${TASK}`).length, 0);
});

test('parsing the examples without a problem', () => {
  const folder = new URL('flows/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  // The others need plugins that are not loaded here.
  const sources = files
    .map((file) => [file, readFileSync(new URL(file, folder), 'utf8')] as const)
    .filter(([, source]) => !source.includes('plugin.scripts'));
  assert.ok(sources.length >= 10);
  for (const [file, source] of sources) {
    const { flow, problems } = parse(source);
    assert.deepEqual(problems, [], file);
    assert.equal(`${flow!.id}.yaml`, file);
  }
});

test('parsing a long flow in time that grows with its length only', () => {
  const parsed = (tasks: number): number => {
    const source = `${HEAD}tasks:\n${Array.from({ length: tasks }, (_, n) => `  - id: t${n}\n    type: io.kestra.plugin.core.log.Log\n    message: "{{ inputs.name }} ${n}"\n`).join('')}`;
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      const started = performance.now();
      assert.equal(parse(source).flow!.taskOf.size, tasks);
      best = Math.min(best, performance.now() - started);
    }
    return best;
  };
  const small = parsed(200);
  const large = parsed(2_000);
  assert.ok(large < small * 40, `200 tasks: ${small} ms, 2,000: ${large} ms`);
});
