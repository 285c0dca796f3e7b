/** The graph of a flow and of an execution: nodes, edges, clusters, as Kestra's clients draw them. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parseFlow } from '../lib/flow/parse.ts';
import { callsOf } from '../lib/graph/calls.ts';
import { type Drawing, graphOf } from '../lib/graph/flow-graph.ts';
import type { FlowGraph } from '../lib/graph/graph.ts';
import type { Catalogue } from '../lib/model/catalogue.ts';
import type { TaskRun } from '../lib/model/execution.ts';
import type { Flow } from '../lib/model/flow.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';
import { aFlow, says, type TaskSource } from './support/flow-source.ts';

let catalogue: Catalogue;
before(async () => {
  ({ catalogue } = await loadPlugins(BUILT_IN));
});

const FLOW = 'io.kestra.plugin.core.flow.';
const flowOf = (tasks: readonly TaskSource[], rest: Readonly<Record<string, unknown>> = {}): Flow => {
  const { flow, problems } = parseFlow(aFlow('drawn', tasks, rest), catalogue, { tenant: 'main' });
  assert.ok(flow, JSON.stringify(problems));
  return flow;
};
const say = (id: string, more: object = {}) => says('hi', id, more);

/** Without `root.` and the numbers of marks. */
const short = (uid: string): string => uid.replace(/-\d+$/, '').replace(/^root\./, '');
const edgesOf = ({ edges }: FlowGraph): readonly string[] =>
  edges
    .map(({ source, target, relation: { relationType, value } }) => {
      const about = [relationType, value].filter((each) => each !== undefined).join(' ');
      return `${short(source)} → ${short(target)}${about && ` (${about})`}`;
    })
    .sort();
const drawn = (tasks: readonly TaskSource[], rest: Readonly<Record<string, unknown>> = {}, drawing: Drawing = {}) =>
  edgesOf(graphOf(flowOf(tasks, rest), drawing));
/** Edges inside the cluster of one task. */
const inside = (edges: readonly string[], id: string): readonly string[] =>
  edges.filter((edge) => edge.split(' → ').every((uid) => uid.startsWith(id)));

test('drawing one task after the other, from the root to the end', () => {
  assert.deepEqual(drawn([say('one'), say('two')]), ['one → two (SEQUENTIAL)', 'root → one', 'two → end']);
});

test('drawing triggers before the root', () => {
  const triggers = [{ id: 'daily', type: 'io.kestra.plugin.core.trigger.Schedule', cron: '0 9 * * *' }];
  const graph = graphOf(flowOf([say('one')], { triggers }));
  assert.deepEqual(
    edgesOf(graph).filter((edge) => edge.includes('Triggers')),
    ['Triggers.daily → Triggers.end', 'Triggers.end → root', 'Triggers.root → Triggers.daily'],
  );
  assert.deepEqual(
    graph.clusters.map(({ uid, taskNode }) => [uid, taskNode]),
    [['cluster_root.Triggers', undefined]],
  );
});

test('drawing what stands side by side', () => {
  const edges = drawn([{ id: 'p', type: `${FLOW}Parallel`, tasks: [say('a'), say('b')] }]);
  assert.deepEqual(inside(edges, 'p'), [
    'p → p.a (PARALLEL)',
    'p → p.b (PARALLEL)',
    'p.a → p.end',
    'p.b → p.end',
    'p.root → p',
  ]);
  assert.ok(edges.includes('root → p.root') && edges.includes('p.end → end'), edges.join('\n'));
});

test('drawing each case as a way of its own', () => {
  const cases = { FIRST: [say('a'), say('b')], SECOND: [say('c')] };
  const edges = inside(drawn([{ id: 's', type: `${FLOW}Switch`, value: 'x', cases, defaults: [say('d')] }]), 's');
  assert.deepEqual(edges, [
    's → s.a (CHOICE FIRST)',
    's → s.c (CHOICE SECOND)',
    's → s.d (CHOICE defaults)',
    's.a → s.b (SEQUENTIAL FIRST)',
    's.b → s.end',
    's.c → s.end',
    's.d → s.end',
    's.root → s',
  ]);
  // biome-ignore lint/suspicious/noThenProperty: the name of If's list
  const either = drawn([{ id: 'i', type: `${FLOW}If`, condition: 'true', then: [say('a')], else: [say('b')] }]);
  assert.ok(either.includes('i → i.a (CHOICE then)') && either.includes('i → i.b (CHOICE else)'), either.join('\n'));
});

test('drawing a Dag by its dependencies, a cluster among them', () => {
  const tasks = [
    { task: say('last'), dependsOn: ['a', 'inner'] },
    { task: say('a') },
    { task: { id: 'inner', type: `${FLOW}Sequential`, tasks: [say('x')] }, dependsOn: ['a'] },
  ];
  const edges = inside(drawn([{ id: 'd', type: `${FLOW}Dag`, tasks }]), 'd');
  assert.deepEqual(
    edges.filter((edge) => !edge.startsWith('d.inner.') || edge.includes('last')),
    [
      'd → d.a (PARALLEL)',
      'd.a → d.inner.root (PARALLEL)',
      'd.a → d.last (PARALLEL)',
      'd.inner → d.inner.x (SEQUENTIAL)',
      'd.inner.end → d.last (PARALLEL)',
      'd.last → d.end',
      'd.root → d',
    ],
  );
});

test('drawing what runs aside: errors from the root, finally and afterExecution before the end', () => {
  const rest = { errors: [say('e')], finally: [say('f'), say('g')], afterExecution: [say('h')] };
  const graph = graphOf(flowOf([say('one')], rest));
  assert.deepEqual(edgesOf(graph), [
    'after-execution → h',
    'e → finally',
    'f → g (FINALLY)',
    'finally → f',
    'g → after-execution',
    'h → end',
    'one → finally',
    'root → e (ERROR)',
    'root → one',
  ]);
  const branches = graph.nodes.flatMap((node) => ('task' in node ? [[node.task.id, node.branch]] : []));
  assert.deepEqual(branches, [
    ['one', undefined],
    ['e', 'ERROR'],
    ['f', 'FINALLY'],
    ['g', 'FINALLY'],
    ['h', 'AFTER_EXECUTION'],
  ]);
});

test('naming the clusters around a cluster, and what stands in it', () => {
  const inner = { id: 'inner', type: `${FLOW}Sequential`, tasks: [say('x')] };
  const { clusters, flowables } = graphOf(flowOf([{ id: 'outer', type: `${FLOW}Sequential`, tasks: [inner] }]));
  assert.deepEqual(
    clusters.map(({ uid, parents, nodes }) => [uid, parents, nodes.map(short)]),
    [
      ['cluster_root.outer', [], ['outer.root', 'outer.end', 'outer', 'cluster_root.outer.inner']],
      [
        'cluster_root.outer.inner',
        ['cluster_root.outer'],
        ['outer.inner.root', 'outer.inner.end', 'outer.inner', 'outer.inner.x'],
      ],
    ],
  );
  assert.deepEqual([...flowables].sort(), ['inner', 'outer']);
});

const run = (id: string, taskId: string, more: Partial<TaskRun> = {}): TaskRun => ({
  id,
  taskId,
  index: 0,
  list: 'tasks',
  history: [['SUCCESS', 0]],
  attempts: [],
  ...more,
});

test('drawing the iterations of an execution, each with its value and its task runs', () => {
  const inner = { id: 'seq', type: `${FLOW}Sequential`, tasks: [say('x')] };
  const tasks = [{ id: 'each', type: `${FLOW}ForEach`, values: ['a', 'a'], tasks: [inner] }];
  const taskRuns = [
    run('1', 'each'),
    run('2', 'seq', { parentId: '1', value: 'a', iteration: 0 }),
    run('3', 'seq', { parentId: '1', value: 'a', iteration: 1 }),
    run('4', 'x', { parentId: '2' }),
  ];
  const graph = graphOf(flowOf(tasks), { taskRuns });
  const uids = graph.nodes.flatMap((node) => ('task' in node ? [`${short(node.uid)} ${node.taskRun?.id}`] : []));
  assert.deepEqual(uids, ['each 1', 'each.seq_a 2', 'each.seq.x_a 4', 'each.seq_a~2 3']);
  const all = graph.nodes.map(({ uid }) => uid);
  assert.equal(new Set(all).size, all.length, 'every node has a name of its own');
  assert.ok(edgesOf(graph).includes('each → each.seq.root (DYNAMIC a)'), edgesOf(graph).join('\n'));
});

test('opening a called flow where that is asked for, and only there', () => {
  const call = { id: 'call', type: `${FLOW}Subflow`, namespace: 'tests.rest', flowId: 'other' };
  const other = flowOf([say('x')], {
    triggers: [{ id: 't', type: 'io.kestra.plugin.core.trigger.Schedule', cron: '0 9 * * *' }],
  });
  assert.deepEqual(drawn([call]), ['call → end', 'root → call']);
  const graph = graphOf(flowOf([call, say('after')]), { opened: new Map([['root.call', other]]) });
  assert.deepEqual(
    graph.clusters.map(({ uid, kind }) => [uid, kind]),
    [
      ['cluster_root.call', 'subflow'],
      ['cluster_root.call.Triggers', 'cluster'],
    ],
  );
  const edges = edgesOf(graph);
  for (const edge of [
    'root → call.root',
    'call → call.x (SEQUENTIAL)',
    'call.end → after (SEQUENTIAL)',
    'call.Triggers.end → call.root',
  ])
    assert.ok(edges.includes(edge), `${edge} in\n${edges.join('\n')}`);
});

test('drawing a flowable that it does not know as a sequence of its lists', () => {
  const flow = flowOf([{ id: 'new', type: `${FLOW}Sequential`, tasks: [say('a'), say('b')] }]);
  const unknown = { ...flow, tasks: flow.tasks.map((task) => ({ ...task, type: 'org.example.New' })) };
  assert.deepEqual(inside(edgesOf(graphOf(unknown)), 'new'), [
    'new → new.a (SEQUENTIAL)',
    'new.a → new.b (SEQUENTIAL)',
    'new.b → new.end',
    'new.root → new',
  ]);
});

test('naming the flows that a flow calls, each once, save those whose names are rendered', () => {
  const call = (id: string, flowId: string) => ({ id, type: `${FLOW}Subflow`, namespace: 'a.b', flowId });
  const inner = {
    id: 'p',
    type: `${FLOW}Parallel`,
    tasks: [call('one', 'x'), call('two', 'x'), call('three', '{{ inputs.y }}')],
  };
  assert.deepEqual(callsOf(flowOf([inner, call('four', 'z')])), [
    { namespace: 'a.b', flowId: 'x' },
    { namespace: 'a.b', flowId: 'z' },
  ]);
});
