/** What the editor, the graph and the run dialog compute before they draw: places in YAML, what a schema says there, commands, layouts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphView } from '../web/ui/src/api/flows.ts';
import type { Schema } from '../web/ui/src/api/plugins.ts';
import { schemaAt, typeAround } from '../web/ui/src/editor/schema-place.ts';
import { idsIn, placeAt } from '../web/ui/src/editor/yaml-place.ts';
import { placed } from '../web/ui/src/graph/layout.ts';
import { runOf, statesOf } from '../web/ui/src/graph/states.ts';
import { curlOf, quoted, runLineOf } from '../web/ui/src/run/command-lines.ts';

/** The place of the `¦` in a text. */
function at(text: string) {
  const offset = text.indexOf('¦');
  return placeAt(text.replace('¦', ''), offset);
}
const viaOf = (text: string) => at(text).frames.map(({ via }) => via.join('.'));

test('finding the place of a cursor in YAML that is not finished', () => {
  const task = 'id: x\ntasks:\n  - id: a\n    type: T\n    ';
  assert.deepEqual(viaOf(`${task}¦`), ['', 'tasks.[]']);
  assert.deepEqual(Object.fromEntries(at(`${task}¦`).frames[1]!.keys), { id: 'a', type: 'T' });
  assert.deepEqual(viaOf('tasks:\n- id: a\n  ¦'), ['', 'tasks.[]']);
  assert.deepEqual(viaOf('tasks:\n  - id: a\n    tasks:\n      - id: b\n        ty¦'), ['', 'tasks.[]', 'tasks.[]']);
  assert.deepEqual(viaOf('tasks:\n  - id: a\n  - ¦\n'), ['', 'tasks.[]']);
  assert.equal([...at('tasks:\n  - id: a\n    type: A\n  - id: b¦\n').frames[1]!.keys].length, 1);
  assert.deepEqual(viaOf('tasks:\n  - id: a\n¦'), ['']);
});

test('telling a key from its value, and from a text of several lines', () => {
  assert.equal(at('id: x¦').key, 'id');
  assert.equal(at('i¦d: x').key, undefined);
  const text = at('tasks:\n  - id: a\n    message: |\n      type: ¦\n    level: INFO\n');
  assert.deepEqual([text.inText, text.key], [true, 'message']);
  assert.equal(text.frames[1]!.keys.get('level'), 'INFO');
  assert.equal(at('# tasks:\n¦').frames.length, 1);
});

const SCHEMA: Schema = {
  properties: { id: { type: 'string' }, tasks: { type: 'array', items: { $ref: '#/definitions/Task' } } },
  definitions: {
    Task: { anyOf: [{ $ref: '#/definitions/a.Log' }, { $ref: '#/definitions/a.Each' }] },
    'a.Log': { properties: { id: {}, type: { enum: ['a.Log', 'old.Log'] }, level: { enum: ['INFO', 'WARN'] } } },
    'a.Each': {
      properties: { id: {}, type: { enum: ['a.Each'] }, tasks: { items: { $ref: '#/definitions/Task' } } },
    },
  },
};

test('knowing by the schema what may stand at a place', () => {
  const keysAt = (text: string) => Object.keys(schemaAt(SCHEMA, at(text)).map?.properties ?? {});
  assert.deepEqual(keysAt('¦'), ['id', 'tasks']);
  assert.deepEqual(keysAt('tasks:\n  - ¦'), ['id', 'type']);
  assert.deepEqual(keysAt('tasks:\n  - type: old.Log\n    ¦'), ['id', 'type', 'level']);
  const inner = 'tasks:\n  - type: a.Each\n    tasks:\n      - type: "a.Log"\n        level: ¦';
  assert.deepEqual(schemaAt(SCHEMA, at(inner)).value?.enum, ['INFO', 'WARN']);
  assert.equal(typeAround(at(inner)), 'a.Log');
  assert.equal(typeAround(at('tasks:\n  - id: x\n    ¦')), undefined);
});

test('gathering the names that expressions may use', () => {
  const text = 'id: f\ninputs:\n  - id: who\ntasks:\n  - id: a\n    tasks:\n      - id: "b"\noutputs:\n  - id: o\n';
  assert.deepEqual(idsIn(text), { inputs: ['who'], tasks: ['a', 'b'] });
});

test('writing commands that a shell takes as they are meant', () => {
  assert.equal(quoted("it's"), `'it'\\''s'`);
  const file = new File(['x'], 'my list.txt');
  assert.equal(
    curlOf('POST', 'http://h/api', [
      ['who', '@Ada'],
      ['list', file],
    ]),
    "curl -u USER http://h/api \\\n  --form-string who=@Ada \\\n  -F 'list=@my list.txt'",
  );
  assert.equal(curlOf('POST', 'http://h/api'), 'curl -u USER -X POST http://h/api');
  assert.equal(runLineOf('a.b', 'c', [['n', '$HOME']]), "npx windhover run a.b/c --follow \\\n  --input 'n=$HOME'");
});

const node = (uid: string, kind = 'GraphTask') => ({ uid, type: `x.${kind}`, task: { id: uid, type: 't' } });
const edge = (source: string, target: string, relationType?: string) => ({
  source,
  target,
  relation: { relationType },
});

test('laying out a graph from above to below, its boxes around what they hold', () => {
  const graph: GraphView = {
    nodes: [
      node('root', 'GraphClusterRoot'),
      node('a'),
      node('in', 'GraphClusterRoot'),
      node('b'),
      node('out', 'GraphClusterEnd'),
      node('c'),
    ],
    edges: [
      edge('root', 'a'),
      edge('a', 'in'),
      edge('in', 'b'),
      edge('b', 'out'),
      edge('out', 'c'),
      edge('root', 'c', 'ERROR'),
    ],
    clusters: [{ cluster: { uid: 'box', taskNode: node('b') }, nodes: ['in', 'b', 'out'], parents: [] }],
  };
  const { nodes, edges, boxes } = placed(graph);
  const [root, a, b, c] = nodes;
  assert.deepEqual(
    nodes.map(({ uid }) => uid),
    ['root', 'a', 'b', 'c'],
  );
  assert.ok(root!.y < a!.y && a!.y + a!.height < b!.y && b!.y + b!.height < c!.y);
  assert.deepEqual(edges.map(({ source, target, isError }) => `${source}${isError ? '!' : '>'}${target}`).sort(), [
    'a>b',
    'b>c',
    'root!c',
    'root>a',
  ]);
  const box = boxes[0]!;
  assert.ok(
    box.x <= b!.x && box.y <= b!.y && box.x + box.width >= b!.x + b!.width && box.y + box.height >= b!.y + b!.height,
  );
});

test('telling of each task what its task runs are at, the loudest first', () => {
  const run = (id: string, taskId: string, current: string) => ({
    id,
    taskId,
    state: { current, histories: [], startDate: '' },
  });
  const runs = [run('1', 'a', 'SUCCESS'), run('2', 'a', 'FAILED'), run('3', 'a', 'SUCCESS'), run('4', 'b', 'RUNNING')];
  const states = statesOf(runs);
  assert.deepEqual(states.get('a'), {
    state: 'FAILED',
    counts: [
      ['FAILED', 1],
      ['SUCCESS', 2],
    ],
  });
  assert.deepEqual(states.get('b'), { state: 'RUNNING' });
  assert.equal(runOf('a', runs)!.id, '2');
  assert.equal(runOf('nothing', runs), undefined);
});
