/** A partition that changes its owner while workers claim: real partitions over the bus in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../actors/executor/batch.ts';
import { Definitions } from '../actors/executor/definitions.ts';
import { Durations } from '../actors/executor/durations.ts';
import { ExecutionPartition } from '../actors/executor/execution-partition.ts';
import { Owned } from '../actors/executor/owned.ts';
import { type MemoryBus, openMemoryBus } from '../lib/bus/memory/open.ts';
import { LEASE_MS } from '../lib/bus/ownership.ts';
import { silentLog } from '../lib/log.ts';
import { parseAttemptRef } from '../lib/model/execution.ts';
import { sourceHash } from '../lib/model/ids.ts';
import { MESSAGE_FORMAT, type TaskEndedMessage } from '../lib/model/message.ts';
import { NO_VERSION } from '../lib/model/version.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';
import { aLease, aStart } from './support/bus-parts.ts';

const SOURCE = `
id: flow
namespace: tests
tasks:
  - { id: only, type: io.kestra.plugin.core.flow.Sleep, duration: PT60S }
`;
const { catalogue } = await loadPlugins(BUILT_IN);
const clock = { nowMs: 1_800_000_000_000, now: () => clock.nowMs };

async function anOwner(bus: MemoryBus, name: string): Promise<Owned> {
  const lease = await aLease(bus, 'x:0', name);
  const definitions = new Definitions(bus.documents, catalogue);
  const parts = {
    bus,
    definitions,
    durations: new Durations(),
    log: silentLog,
    post: { send: async () => 'sent' as const },
  };
  const actor = new ExecutionPartition(parts, lease, await bus.ownership.hold(lease), clock.now());
  return new Owned(lease, actor, actor.number, 0);
}

/** One round: what was committed. */
async function round(bus: MemoryBus, owned: Owned): Promise<Batch> {
  const read = await bus.ownership.read(new Map([['x:0', owned.cursor]]), { count: 10, blockMs: 0 });
  const entries = read.get('x:0') ?? [];
  await owned.actor.prepare(entries, clock.now());
  const batch = owned.plan(entries, { nowMs: clock.now(), durable: NO_VERSION })!;
  assert.equal(await bus.ownership.commit(owned.lease, batch.finish()), 'APPLIED');
  return batch;
}

test('sending again what the last owner may not have sent, and taking it from nobody who has claimed it', async () => {
  const bus = openMemoryBus({ partitions: 1, clock });
  const start = aStart('x', clock.now(), sourceHash('main', SOURCE));
  await bus.mailbox.start('x:0', start, { definition: SOURCE });
  const [first] = (await round(bus, await anOwner(bus, 'first'))).dispatches;

  clock.nowMs += LEASE_MS + 1;
  const second = await anOwner(bus, 'second');
  const claim = { ref: first!.item.ref, delivery: first!.item.delivery, token: 'token' };
  assert.deepEqual(await bus.claims.claim('x:0', 'worker', [claim]), ['granted']);
  const again = await round(bus, second);
  assert.deepEqual(
    again.dispatches.map(({ item }) => [item.ref, item.delivery]),
    [[claim.ref, claim.delivery]],
  );
  assert.deepEqual(await bus.claims.renew('x:0', 'worker', [claim]), ['held']);
  assert.deepEqual(await bus.claims.claim('x:0', 'other', [{ ...claim, token: 'another' }]), ['claimed']);
});

test('beginning again what a roll-back took away, though an answer of the first time comes with it', async () => {
  const start = aStart('x', clock.now(), sourceHash('main', SOURCE));
  const before = openMemoryBus({ partitions: 1, clock });
  await before.mailbox.start('x:0', start, { definition: SOURCE });
  const { ref } = (await round(before, await anOwner(before, 'first'))).dispatches[0]!.item;
  const { taskRunId, attempt } = parseAttemptRef(ref);

  const bus = openMemoryBus({ partitions: 1, clock });
  const late: TaskEndedMessage = {
    v: MESSAGE_FORMAT,
    kind: 'taskEnded',
    executionId: 'x',
    atMs: clock.now(),
    taskRunId,
    attempt,
    token: 'of the first time',
    workerId: 'worker',
    state: 'SUCCESS',
    startedAtMs: clock.now(),
    endedAtMs: clock.now(),
    lines: 0,
  };
  await bus.mailbox.append('x:0', [late]);
  await bus.mailbox.start('x:0', start, { definition: SOURCE });
  const { delivery } = (await round(bus, await anOwner(bus, 'second'))).dispatches[0]!.item;
  assert.deepEqual(await bus.claims.claim('x:0', 'worker', [{ ref, delivery, token: 'token' }]), ['granted']);
});
