/** What every bus must do: run on Redis and in memory. `elapse` lets time pass. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Bus } from '../../lib/bus/bus.ts';
import { CLAIM_MS } from '../../lib/bus/claims.ts';
import { LEASE_MS } from '../../lib/bus/ownership.ts';
import { isFault } from '../../lib/errors.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { aCommit, aContinue, aKill, aLease, aStart, entriesOf, type Fresh, running } from '../support/bus-parts.ts';
import { answers } from './bus-answers.ts';
import { shared, streams } from './bus-streams.ts';

export interface BusUnderTest {
  readonly bus: Bus;
  elapse(ms: number): Promise<void>;
  close(): Promise<void>;
}

const REF = 'e1/t1/1';
const claimOf = (token: string, delivery = '5.1', ref = REF) => ({ ref, delivery, token });

export function busContract(name: string, open: () => Promise<BusUnderTest>): void {
  describe(name, () => {
    let under: BusUnderTest;
    let next = 0;
    /** Each test has a partition of its own. */
    const fresh = (): { bus: Bus; p: Partition; elapse(ms: number): Promise<void> } => ({
      bus: under.bus,
      p: `x:${next++}`,
      elapse: under.elapse,
    });
    before(async () => {
      under = await open();
    });
    after(() => under.close());
    leases(fresh);
    commitsOf(fresh);
    gates(fresh);
    claims(fresh);
    answers(fresh);
    streams(fresh);
    shared(fresh);
  });
}

function leases(fresh: Fresh): void {
  test('granting a partition to one owner at a time', async () => {
    const { bus, p, elapse } = fresh();
    const lease = await aLease(bus, p, 'a');
    assert.equal(await bus.ownership.acquire(p, 'b'), undefined);
    assert.deepEqual(await bus.ownership.renew([lease]), [true]);
    assert.equal((await bus.ownership.owners()).get(p), 'a');
    await elapse(LEASE_MS + 50);
    const taken = await aLease(bus, p, 'b');
    assert.ok(taken.epoch > lease.epoch, 'an epoch never comes again');
    assert.deepEqual(await bus.ownership.renew([lease]), [false]);
  });
  test('handing a partition over at once when it is released', async () => {
    const { bus, p } = fresh();
    await bus.ownership.release([await aLease(bus, p, 'a')]);
    assert.ok(await bus.ownership.acquire(p, 'b'));
  });
  test('giving an owner that asks again a new epoch', async () => {
    const { bus, p } = fresh();
    const first = await aLease(bus, p, 'a');
    const second = await aLease(bus, p, 'a');
    assert.ok(second.epoch > first.epoch);
    assert.equal(await bus.ownership.commit(first, aCommit(0)), 'FENCED');
  });
}

function commitsOf(fresh: Fresh): void {
  test('applying a commit once however often it is sent', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    const commit = aCommit(0, { ...running('e1'), timers: { set: [['e1/retry', 5]], dropped: [] } });
    assert.equal(await bus.ownership.commit(lease, commit), 'APPLIED');
    assert.equal(await bus.ownership.commit(lease, commit), 'DONE');
    const holding = await bus.ownership.hold(lease);
    assert.equal(holding.number, 1);
    assert.deepEqual([holding.documents, holding.timers], [['e1'], [['e1/retry', 5]]]);
  });
  test('refusing the commit of an owner whose lease has ended, and writing nothing', async () => {
    const { bus, p, elapse } = fresh();
    const old = await aLease(bus, p, 'a');
    await elapse(LEASE_MS + 50);
    assert.equal(await bus.ownership.commit(old, aCommit(0, running('e1'))), 'FENCED');
    const taken = await aLease(bus, p, 'b');
    assert.equal(await bus.ownership.commit(old, aCommit(0, running('e1'))), 'FENCED');
    assert.deepEqual((await bus.ownership.hold(taken)).documents, []);
  });
  test('telling an owner that commits were lost', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    assert.equal(await bus.ownership.commit(lease, aCommit(7, running('e1'))), 'ROLLED_BACK');
    assert.deepEqual((await bus.ownership.hold(lease)).documents, []);
  });
  test('refusing what cannot be written before anything is', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    assert.equal(
      await bus.ownership.commit(
        lease,
        aCommit(0, { ...running('e1'), timers: { set: [['t', Number.NaN]], dropped: [] } }),
      ),
      'REFUSED',
    );
    assert.deepEqual((await bus.ownership.hold(lease)).documents, []);
  });
  test('writing and dropping everything that a commit can hold', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    await bus.mailbox.append(p, [aContinue('e1', await bus.now())]);
    const [entry] = await entriesOf(bus, p);
    const first = aCommit(0, {
      ...running('e1'),
      applied: [entry!.id],
      opened: [
        [REF, '5.1'],
        ['e1/t2/1', '5.1'],
      ],
      tombstones: { set: [['e0', '{"state":"SUCCESS"}']], dropped: [] },
      timers: {
        set: [
          ['a', 1],
          ['b', 2],
        ],
        dropped: [],
      },
      outbox: [REF, 'e1/t2/1'],
      deadLetters: ['{"reason":"x"}'],
    });
    assert.equal(await bus.ownership.commit(lease, first), 'APPLIED');
    assert.deepEqual(await entriesOf(bus, p), []);
    assert.equal(await bus.documents.tombstone(p, 'e0'), '{"state":"SUCCESS"}');
    assert.deepEqual(await bus.documents.deadLetters(p, 10), ['{"reason":"x"}']);
    assert.equal(await bus.documents.countDeadLetters(p), 1);
    assert.deepEqual(
      [await bus.mailbox.discard(p, '{}'), await bus.mailbox.discard(p, '{"reason":"x"}')],
      [false, true],
    );
    assert.equal(await bus.documents.countDeadLetters(p), 0);
    const second = aCommit(1, {
      documents: [{ id: 'e1', set: [['t:t1', '{}']], removed: ['head'] }],
      closed: [REF],
      tombstones: { set: [], dropped: ['e0'] },
      timers: { set: [], dropped: ['a'] },
      outbox: ['e1/t2/1'],
    });
    assert.equal(await bus.ownership.commit(lease, second), 'APPLIED');
    const holding = await bus.ownership.hold(lease);
    assert.deepEqual(
      [holding.attempts, holding.timers, holding.outbox, holding.tombstones],
      [[{ ref: 'e1/t2/1', delivery: '5.1' }], [['b', 2]], ['e1/t2/1'], []],
    );
    assert.deepEqual([...(await bus.documents.read(p, 'e1'))!.keys()].sort(), ['start', 't:t1']);
    assert.equal(
      await bus.ownership.commit(lease, aCommit(2, { documents: [{ id: 'e1', set: [], drop: true }] })),
      'APPLIED',
    );
    assert.equal(await bus.documents.read(p, 'e1'), undefined);
    assert.deepEqual(await bus.documents.ids(p), []);
  });
  test('writing more fields in one commit than a script can unpack', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    const set = Array.from({ length: 3_000 }, (_, n) => [`t:${n}`, `{"n":${n}}`] as const);
    const opened = set.map(([field]) => [`e1/${field}/1`, '5.1'] as const);
    assert.equal(await bus.ownership.commit(lease, aCommit(0, { documents: [{ id: 'e1', set }], opened })), 'APPLIED');
    assert.equal((await bus.documents.read(p, 'e1'))!.size, 3_000);
    assert.equal((await bus.ownership.hold(lease)).attempts.length, 3_000);
  });
}

function gates(fresh: Fresh): void {
  test('asking for the definition of a flow once', async () => {
    const { bus, p } = fresh();
    const nowMs = await bus.now();
    assert.deepEqual(await bus.mailbox.start(p, aStart('e1', nowMs), {}), { kind: 'definitionMissing' });
    assert.deepEqual(await bus.mailbox.start(p, aStart('e1', nowMs), { definition: 'id: flow' }), { kind: 'accepted' });
    assert.deepEqual(await bus.mailbox.start(p, aStart('e2', nowMs), {}), { kind: 'accepted' });
    assert.equal(await bus.documents.definition(p, 'hash'), 'id: flow');
  });
  test('showing a start that its owner has not read yet', async () => {
    const { bus, p } = fresh();
    assert.equal(await bus.mailbox.waitingStart(p, 'e1'), undefined);
    await bus.mailbox.start(p, aStart('e1', await bus.now()), { definition: 'id: flow' });
    assert.equal((await bus.mailbox.waitingStart(p, 'e1'))?.start.id, 'e1');
    assert.equal(await bus.mailbox.waitingStart(p, 'e2'), undefined);
  });
  test('answering a start that comes twice with the execution that is there', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    await bus.ownership.commit(
      lease,
      aCommit(0, { ...running('e1'), tombstones: { set: [['e0', '{"state":"FAILED"}']], dropped: [] } }),
    );
    assert.deepEqual(await bus.mailbox.start(p, aStart('e1', await bus.now()), { definition: 'x' }), { kind: 'live' });
    assert.deepEqual(await bus.mailbox.start(p, aStart('e0', await bus.now()), { definition: 'x' }), {
      kind: 'ended',
      state: 'FAILED',
    });
  });
  test('refusing messages that are more than five minutes off', async () => {
    const { bus, p } = fresh();
    const late = (error: unknown) => isFault(error, 'bus.messageLate');
    const nowMs = await bus.now();
    for (const atMs of [nowMs - 6 * 60_000, nowMs + 6 * 60_000]) {
      await assert.rejects(bus.mailbox.append(p, [aContinue('e1', atMs)]), late);
      await assert.rejects(bus.mailbox.start(p, aStart('e1', atMs), { definition: 'x' }), late);
    }
    await assert.rejects(
      bus.mailbox.append(p, [{ v: 1, kind: 'abandon', executionId: 'e', atMs: nowMs, reason: 'x'.repeat(300_000) }]),
      (error: unknown) => isFault(error, 'bus.messageTooLarge'),
    );
    assert.equal(await bus.mailbox.depth(p), 0);
  });
  test('granting no claim from the moment that a kill is acknowledged', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    const nowMs = await bus.now();
    assert.equal(await bus.mailbox.kill(p, aKill('e1', nowMs)), 'unknown');
    await bus.ownership.commit(lease, aCommit(0, { ...running('e1'), opened: [[REF, '5.1']] }));
    assert.equal(await bus.mailbox.kill(p, aKill('e1', nowMs, 3)), 'otherIncarnation');
    assert.equal(await bus.mailbox.kill(p, aKill('e1', nowMs)), 'accepted');
    assert.deepEqual(await bus.claims.claim(p, 'w', [claimOf('tok')]), ['killing']);
    assert.deepEqual((await bus.ownership.hold(lease)).killing, ['e1']);
  });
  test('keeping a definition while a start waits for it', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    await bus.mailbox.start(p, aStart('e1', await bus.now()), { definition: 'id: flow' });
    await bus.ownership.commit(lease, aCommit(0, { definitionsDropped: ['hash'] }));
    assert.equal(await bus.documents.definition(p, 'hash'), 'id: flow');
    await bus.ownership.commit(
      lease,
      aCommit(1, { applied: (await entriesOf(bus, p)).map(({ id }) => id), definitionsDropped: ['hash'] }),
    );
    assert.equal(await bus.documents.definition(p, 'hash'), undefined);
  });
}

function claims(fresh: Fresh): void {
  const withAttempt = async () => {
    const { bus, p, elapse } = fresh();
    const lease = await aLease(bus, p);
    await bus.ownership.commit(lease, aCommit(0, { ...running('e1'), opened: [[REF, '5.1']] }));
    return { bus, p, lease, elapse };
  };
  test('granting an attempt to one worker, and telling its owner', async () => {
    const { bus, p } = await withAttempt();
    assert.deepEqual(await bus.claims.claim(p, 'w1', [claimOf('a'), claimOf('a', '5.1', 'e1/none/1')]), [
      'granted',
      'closed',
    ]);
    assert.deepEqual(await bus.claims.claim(p, 'w1', [claimOf('a')]), ['granted']);
    assert.deepEqual(await bus.claims.claim(p, 'w2', [claimOf('b')]), ['claimed']);
    assert.deepEqual(await bus.claims.claim(p, 'w2', [claimOf('b', '4.9')]), ['superseded']);
    const messages = (await entriesOf(bus, p)).flatMap(
      (entry) => entry.messages as readonly { kind: string; token?: string; attempt?: number }[],
    );
    assert.deepEqual(
      messages.map(({ kind, token, attempt }) => [kind, token, attempt]),
      [['taskStarted', 'a', 1]],
    );
  });
  test('granting what is short without telling its owner', async () => {
    const { bus, p } = await withAttempt();
    assert.deepEqual(await bus.claims.claim(p, 'w1', [{ ...claimOf('a'), untold: true }]), ['granted']);
    assert.deepEqual(await entriesOf(bus, p), []);
    assert.equal((await bus.claims.inspect(p, [REF]))[0]!.workerId, 'w1');
  });
  test('renewing a claim, and telling what became of it', async () => {
    const { bus, p, lease, elapse } = await withAttempt();
    await bus.claims.claim(p, 'w1', [claimOf('a')]);
    const [before] = await bus.claims.inspect(p, [REF]);
    await elapse(100);
    assert.deepEqual(await bus.claims.renew(p, 'w1', [claimOf('a')]), ['held']);
    const [after] = await bus.claims.inspect(p, [REF]);
    assert.ok(after!.untilMs > before!.untilMs && after!.untilMs <= (await bus.now()) + CLAIM_MS);
    await bus.ownership.commit(lease, aCommit(1, { opened: [[REF, '5.2']] }));
    assert.deepEqual(await bus.claims.renew(p, 'w1', [claimOf('a')]), ['revoked']);
    await bus.ownership.commit(lease, aCommit(2, { closed: [REF] }));
    assert.deepEqual(await bus.claims.renew(p, 'w1', [claimOf('a')]), ['closed']);
  });
  test('taking a claim anew that a roll-back lost', async () => {
    const { bus, p } = await withAttempt();
    assert.deepEqual(await bus.claims.renew(p, 'w1', [claimOf('a')]), ['retaken']);
    assert.deepEqual(await bus.claims.claim(p, 'w2', [claimOf('b')]), ['claimed']);
  });
  test('giving a claim back before anything ran', async () => {
    const { bus, p } = await withAttempt();
    await bus.claims.claim(p, 'w1', [claimOf('a')]);
    await bus.claims.giveBack(p, 'w1', [claimOf('a')]);
    const kinds = (await entriesOf(bus, p)).flatMap(({ messages }) => messages.map(({ kind }) => kind));
    assert.deepEqual(kinds, ['taskStarted', 'reoffer']);
    assert.deepEqual(await bus.claims.claim(p, 'w2', [claimOf('b')]), ['granted']);
  });
}
