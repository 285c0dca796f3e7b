/** A batch says one thing of each name: what was dropped and written again in it is there afterwards, and the other way round. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batch } from '../actors/executor/batch.ts';
import { goesOn, wordsOf } from '../lib/bus/feed.ts';
import type { Change } from '../lib/execution/effect.ts';
import type { ExecutionHead } from '../lib/model/execution.ts';
import { aTaskRun } from './support/rows.ts';

const aBatch = (): Batch => new Batch({ partition: 'x:0', owner: 'owner', epoch: 1, value: 'owner|1|nonce' }, 0);
const changed = (change: Partial<Change>): Change => ({ taskRuns: [], removed: [], ...change });

test('writing a task run that was removed before', () => {
  const batch = aBatch();
  const taskRun = aTaskRun('again', 0);
  batch.add('x', changed({ removed: [taskRun.id] }));
  batch.add('x', changed({ taskRuns: [taskRun] }));
  const [document] = batch.finish().documents;
  assert.deepEqual([document?.set.map(([field]) => field), document?.removed ?? []], [[`t:${taskRun.id}`], []]);
});

test('keeping the tombstone of what has ended again, and none of what lives again', () => {
  const batch = aBatch();
  batch.tombstones.drop('ended');
  batch.tombstones.put('ended', '{}');
  batch.tombstones.put('alive', '{}');
  batch.tombstones.drop('alive');
  assert.deepEqual(batch.finish().tombstones, { set: [['ended', '{}']], dropped: ['alive'] });
});

test('telling of an execution that goes on that it does, and of one that may have ended nothing', () => {
  const batch = aBatch();
  const taskRun = aTaskRun('first', 0);
  const head = (...states: readonly ('RUNNING' | 'SUCCESS')[]): ExecutionHead => ({
    history: states.map((state, n) => [state, n]),
    labels: {},
    taskRuns: 1,
  });
  batch.add('begins', changed({ head: head('RUNNING'), taskRuns: [taskRun], removed: ['gone'] }));
  batch.add('works', changed({ taskRuns: [taskRun] }));
  batch.add('ends', changed({ head: head('RUNNING') }));
  batch.add('ends', changed({ head: head('RUNNING', 'SUCCESS') }));
  const told = new Map(batch.finish().events);
  assert.deepEqual(
    Array.from(told, ([id, event]) => [id, goesOn(event), wordsOf(event)]),
    [
      ['begins', true, ['head', `t:${taskRun.id}`, '-t:gone']],
      ['works', false, [`t:${taskRun.id}`]],
      ['ends', false, ['head']],
    ],
  );
});
