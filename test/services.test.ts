/** What an operator is told of servers and of what waits for them, where nothing moves by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newMember } from '../lib/bus/members.ts';
import { openMemoryBus } from '../lib/bus/memory/open.ts';
import { EMPTY_COMMIT } from '../lib/bus/ownership.ts';
import { lookAtServices } from '../web/server/live/services.ts';

const clock = { now: () => 1_700_000_000_000 };
const aBus = () => openMemoryBus({ partitions: 2, clock });

test('counting what waits in the mailbox of a partition that nobody owns', async () => {
  const bus = aBus();
  for (const executionId of ['a', 'b'])
    await bus.mailbox.append('x:1', [{ v: 1, kind: 'continue', executionId, atMs: clock.now() }]);
  const { partitions } = await lookAtServices(bus);
  assert.deepEqual(partitions, [
    { partition: 'x:0', owner: undefined, messagesWaiting: 0, commitsBehind: 0, deadLetters: 0 },
    { partition: 'x:1', owner: undefined, messagesWaiting: 2, commitsBehind: 0, deadLetters: 0 },
    { partition: 'f:0', owner: undefined, messagesWaiting: 0, commitsBehind: 0, deadLetters: 0 },
    { partition: 'f:1', owner: undefined, messagesWaiting: 0, commitsBehind: 0, deadLetters: 0 },
  ]);
});

test('counting the commits that the repository lacks, and what was given up, of a partition with an owner', async () => {
  const bus = aBus();
  const lease = (await bus.ownership.acquire('x:0', 'someone'))!;
  const newest: string[] = [];
  for (const n of [0, 1, 2]) {
    const events = [['an-execution', 'head']] as const;
    const deadLetters = n === 0 ? ['{}'] : [];
    const commit = { ...EMPTY_COMMIT, id: `commit ${n}`, expected: n, events, deadLetters };
    assert.equal(await bus.ownership.commit(lease, commit), 'APPLIED');
    newest.push((await bus.feeds.newest(['x:0'])).get('x:0')!);
  }
  await bus.feeds.publishCursor('indexer', new Map([['x:0', newest[0]!]]));
  const look = async () => (await lookAtServices(bus)).partitions[0]!;
  assert.deepEqual(await look(), {
    ...{ partition: 'x:0', owner: 'someone', messagesWaiting: 0, commitsBehind: 2, deadLetters: 1 },
  });
  await bus.feeds.publishCursor('indexer', new Map([['x:0', newest[2]!]]));
  assert.equal((await look()).commitsBehind, 0);
});

test('adding up workers by their group, with what waits for it; the default group stands there without any', async () => {
  const bus = aBus();
  for (const free of [0, 3]) await bus.members.beat(newMember('worker', { group: 'gpu', threads: 4, free }));
  await bus.queues.add('gpu', [{ name: 'a-parcel', items: [] }]);
  const { groups } = await lookAtServices(bus);
  assert.deepEqual(groups, [
    { group: 'default', workers: 0, threads: 0, threadsFree: 0, parcelsWaiting: 0 },
    { group: 'gpu', workers: 2, threads: 8, threadsFree: 3, parcelsWaiting: 1 },
  ]);
});
