/** How attempts are packed: short ones together, over all threads or as many as take next to nothing; all others alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dispatch } from '../actors/executor/batch.ts';
import { Durations } from '../actors/executor/durations.ts';
import { Parcels } from '../actors/executor/parcels.ts';
import { DEFAULT_GROUP, type Parcel } from '../lib/bus/queues.ts';

const SAMPLES = 64;

async function sizesOf(runs: number, ranMs: readonly number[], threads = 8): Promise<readonly number[]> {
  const durations = new Durations();
  for (let n = 0; n < 2 * SAMPLES; n++) durations.note('a.Task', ranMs[n % ranMs.length]!);
  const added: Parcel[] = [];
  const queues = { add: async (_: string, parcels: readonly Parcel[]) => void added.push(...parcels) };
  const parcels = new Parcels({ queues } as never, durations);
  parcels.threads = new Map([[DEFAULT_GROUP, threads]]);
  const dispatches = Array.from({ length: runs }, (_, n) => ({
    partition: 'x:0',
    group: DEFAULT_GROUP,
    type: 'a.Task',
    item: { ref: `execution/run${n}/1`, delivery: '1.1' },
  }));
  await parcels.send(dispatches as never as readonly Dispatch[], runs);
  return added.map(({ items }) => items.length);
}

/** The ids of what an item's worker may go on with. */
async function behind(types: readonly string[], ran: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const durations = new Durations();
  for (const [type, ms] of Object.entries(ran)) for (let n = 0; n < SAMPLES; n++) durations.note(type, ms);
  const added: Parcel[] = [];
  const queues = { add: async (_: string, parcels: readonly Parcel[]) => void added.push(...parcels) };
  const [first, ...rest] = types;
  const sequels = rest.map((type, n) => ({ taskRunId: `run${n}`, taskId: type, type, reads: [] }));
  const item = { ref: 'execution/run/1', delivery: '1.1', sequels };
  const dispatch = { partition: 'x:0', group: DEFAULT_GROUP, type: first, item };
  await new Parcels({ queues } as never, durations).send([dispatch] as never as readonly Dispatch[], 1);
  return (added[0]!.items[0]!.sequels ?? []).map(({ taskId }) => taskId);
}

test('letting a worker go on with what is short, for a tenth of a second, and with nothing behind what is not', async () => {
  const ran = { brief: 0, fair: 40, slow: 500 };
  assert.deepEqual(await behind(['brief', 'brief', 'fair', 'brief'], ran), ['brief', 'fair', 'brief']);
  assert.deepEqual(await behind(['brief', 'fair', 'fair', 'fair'], ran), ['fair', 'fair']);
  assert.deepEqual(await behind(['brief', 'brief', 'slow', 'brief'], ran), ['brief']);
  assert.deepEqual(await behind(['brief', 'unknown', 'brief'], ran), []);
  assert.deepEqual(await behind(['slow', 'brief'], ran), []);
});

test('packing what takes next to nothing fifty to a parcel, though threads are free', async () => {
  assert.deepEqual(await sizesOf(120, [0]), [50, 50, 20]);
  assert.deepEqual(await sizesOf(120, [0, 0, 0, 0, 0, 0, 0, 1]), [50, 50, 20]);
});

test('packing as many as take ten milliseconds together', async () => {
  assert.deepEqual(await sizesOf(20, [2]), [5, 5, 5, 5]);
});

test('spreading over all threads what takes longer', async () => {
  assert.deepEqual(await sizesOf(16, [20]), [2, 2, 2, 2, 2, 2, 2, 2]);
  assert.deepEqual(await sizesOf(800, [20], 2), Array(16).fill(50));
});

test('sending each alone where one in ten is slow', async () => {
  assert.deepEqual(await sizesOf(3, [1, 1, 1, 1, 1, 1, 1, 1, 1, 500]), [1, 1, 1]);
});
