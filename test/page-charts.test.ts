/** What the page computes for its charts, and for graphs too large for a picture. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphNodeView, GraphView } from '../web/ui/src/api/flows.ts';
import type { DailyExecutionsBody } from '../web/ui/src/api/statistics.ts';
import { rowsShown, treeOf } from '../web/ui/src/graph/tree.ts';
import {
  added,
  columnsOf,
  columnText,
  countsOf,
  countsText,
  KINDS,
  meanMsOf,
  msOf,
  piecesOf,
  roundAbove,
  STATES_OF,
} from '../web/ui/src/pages/start/counts.ts';

const aGroup = (executionCounts: Readonly<Record<string, number>>, sum = 'PT0S', count = 0): DailyExecutionsBody => ({
  startDate: '2026-11-26T00:00:00.000Z',
  groupBy: 'day',
  executionCounts,
  duration: { min: 'PT0S', avg: 'PT0S', max: 'PT0S', sum, count },
});

test('counting states by their kind; what has not ended lives', () => {
  const counts = countsOf({ SUCCESS: 3, RUNNING: 1, QUEUED: 2, PAUSED: 1, CANCELLED: 1, KILLED: 1, FAILED: 4 });
  assert.deepEqual(counts, { SUCCESS: 3, LIVE: 4, WARNING: 0, KILLED: 2, FAILED: 4 });
  assert.equal(countsText(counts), '3 succeeded, 4 run or wait, 2 killed, 4 failed');
  assert.equal(countsText(countsOf({})), 'none');
  // A number leads to a list of as many.
  for (const kind of KINDS) {
    const each = countsOf(Object.fromEntries(STATES_OF[kind].map((state) => [state, 1])));
    assert.equal(each[kind], STATES_OF[kind].length);
  }
  const ends = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED'];
  assert.equal(countsOf(Object.fromEntries(ends.map((state) => [state, 1]))).LIVE, 0);
  const columns = columnsOf([aGroup({ SUCCESS: 1 }), aGroup({ SUCCESS: 2, FAILED: 1 })]);
  assert.deepEqual(
    columns.map(({ total }) => total),
    [1, 3],
  );
  assert.deepEqual(added(columns.map(({ counts: each }) => each)), countsOf({ SUCCESS: 3, FAILED: 1 }));
  assert.match(columnText(columns[0]!), /26/);
});

test('piling up the kinds of a column, each to be seen however few it has', () => {
  const pieces = piecesOf(countsOf({ SUCCESS: 1_000, FAILED: 1 }), 2_000, 0.01);
  assert.deepEqual(pieces, [
    { kind: 'SUCCESS', from: 0, height: 0.5 },
    { kind: 'FAILED', from: 0.5, height: 0.01 },
  ]);
  assert.deepEqual([0, 3, 7, 12, 99, 1_001].map(roundAbove), [1, 3, 8, 15, 100, 1_500]);
});

test('taking the mean of what has ended, from durations as the server writes them', () => {
  assert.deepEqual(['PT0S', 'PT1.5S', 'PT1H2M3S', 'P1DT1H'].map(msOf), [0, 1_500, 3_723_000, 90_000_000]);
  assert.equal(meanMsOf([aGroup({}), aGroup({ SUCCESS: 3 }, 'PT3S', 3), aGroup({ FAILED: 1 }, 'PT5S', 1)]), 2_000);
  assert.equal(meanMsOf([aGroup({ RUNNING: 1 })]), undefined);
});

const CLASSES = 'io.kestra.core.models.hierarchies.';
const aTask = (uid: string): GraphNodeView => ({
  uid,
  type: `${CLASSES}GraphTask`,
  task: { id: uid, type: `a.type.of.${uid}` },
});
const aMark = (uid: string): GraphNodeView => ({ uid, type: `${CLASSES}GraphClusterRoot` });
/** one; par around p1 and seq around s1; a trigger. */
const GRAPH: GraphView = {
  nodes: [
    aMark('begin'),
    { uid: 'day', type: `${CLASSES}GraphTrigger`, triggerDeclaration: { id: 'day', type: 'Schedule' } },
    ...['one', 'par', 'p1', 'seq', 's1'].map(aTask),
    aMark('end'),
  ],
  edges: [],
  clusters: [
    { cluster: { uid: 'triggers' }, nodes: ['day'], parents: [] },
    { cluster: { uid: 'around par', taskNode: aTask('par') }, nodes: ['par', 'p1', 'around seq'], parents: [] },
    { cluster: { uid: 'around seq', taskNode: aTask('seq') }, nodes: ['seq', 's1'], parents: ['around par'] },
  ],
};

test('making a tree of a graph: what a task runs stands below it, marks are left out', () => {
  const rows = treeOf(GRAPH);
  assert.deepEqual(
    rows.map(({ name, depth, children }) => [name, depth, children]),
    [
      ['triggers', 0, 1],
      ['day', 1, 0],
      ['one', 0, 0],
      ['par', 0, 2],
      ['p1', 1, 0],
      ['seq', 1, 1],
      ['s1', 2, 0],
    ],
  );
});

test('folding rows of a tree, and finding some with what is around them', () => {
  const rows = treeOf(GRAPH);
  const names = (text: string, folded: readonly string[] = []) =>
    rowsShown(rows, text, new Set(folded)).map(({ name }) => name);
  assert.deepEqual(names('', ['par', 'triggers']), ['triggers', 'one', 'par']);
  assert.deepEqual(names('OF.S1'), ['par', 'seq', 's1']);
  assert.deepEqual(names('OF.S1', ['seq']), ['par', 'seq']);
  assert.deepEqual(names('nothing like it'), []);
  // What does not fit is not inside: keys lead to what is shown.
  const inside = rowsShown(rows, 'par', new Set()).map(({ name, children }) => [name, children]);
  assert.deepEqual(inside, [['par', 0]]);
});
