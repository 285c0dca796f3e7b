/** What every bus must do, the rest of it: feeds, log lines, queues, members, the timetable, the vault. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_VERSION, versionOf } from '../../lib/model/version.ts';
import { aCommit, aLease, type Fresh } from '../support/bus-parts.ts';
import { eventually } from '../support/eventually.ts';
import { aLine, aMeasured, T0 } from '../support/rows.ts';

export function streams(fresh: Fresh): void {
  test('reading a feed from a cursor, in the order of commits', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    for (const n of [0, 1, 2]) await bus.ownership.commit(lease, aCommit(n, { events: [[`e${n}`, `{"n":${n}}`]] }));
    const read = async (since: string) =>
      (await bus.feeds.read(new Map([[p, since]]), { count: 10, blockMs: 0 })).get(p) ?? [];
    const all = await read(NO_VERSION);
    assert.deepEqual(
      all.map(({ version, events }) => [version, events[0]]),
      [0, 1, 2].map((n) => [versionOf(lease.epoch, n + 1), [`e${n}`, `{"n":${n}}`]]),
    );
    assert.equal((await read(all[1]!.version)).length, 1);
    assert.equal((await bus.feeds.newest([p])).get(p), all[2]!.version);
    assert.equal((await bus.feeds.newest(['x:999'])).get('x:999'), NO_VERSION);
  });
  test('waking a reader of a feed by a commit', async () => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    const reading = bus.feeds.read(new Map([[p, NO_VERSION]]), { count: 10, blockMs: 5_000 });
    await bus.ownership.commit(lease, aCommit(0, { events: [['e1', '{}']] }));
    assert.equal((await reading).get(p)?.length, 1);
  });
  test('ending a wait when its reader gives up', async () => {
    const { bus, p } = fresh();
    const stop = new AbortController();
    const reading = bus.feeds.read(new Map([[p, NO_VERSION]]), { count: 10, blockMs: 60_000, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    assert.equal((await reading).size, 0);
  });
  test('knowing the slowest durable reader', async () => {
    const { bus, p } = fresh();
    assert.equal((await bus.feeds.durable([p])).get(p), NO_VERSION);
    await bus.feeds.publishCursor('indexer', new Map([[p, versionOf(9, 9)]]));
    assert.equal((await bus.feeds.durable([p])).get(p), versionOf(9, 9));
  });
  test('reading log lines by execution, and trimming what was read', async () => {
    const { bus, p } = fresh();
    const line = (executionId: string) => ({
      id: `${executionId}/0`,
      executionId,
      namespace: 'n',
      flowId: 'f',
      level: 'INFO' as const,
      atMs: 1,
      message: 'hello',
    });
    await bus.lines.append(p, [
      { executionId: 'e1', lines: [line('e1')] },
      { executionId: 'e2', lines: [line('e2')] },
    ]);
    const { batches, cursors } = await bus.lines.read(new Map([[p, '0']]), {
      count: 10,
      blockMs: 0,
      executions: new Set(['e2']),
    });
    assert.deepEqual(
      batches.get(p)!.map((batch) => 'lines' in batch && batch.lines[0]!.id),
      ['e2/0'],
    );
    assert.equal((await bus.lines.read(cursors, { count: 10, blockMs: 0 })).batches.size, 0);
    await bus.lines.trim(cursors);
    assert.equal((await bus.lines.read(new Map([[p, '0']]), { count: 10, blockMs: 0 })).batches.size, 0);
  });
  test('finding all lines of one execution in a long stream, and the end of it', async () => {
    const { bus, p } = fresh();
    assert.deepEqual(await bus.lines.backlog(p, 'e1'), []);
    const before = (await bus.lines.newest([p])).get(p)!;
    assert.equal((await bus.lines.read(new Map([[p, before]]), { count: 10, blockMs: 0 })).batches.size, 0);
    const lineOf = (executionId: string, n: number, message = 'hello') => aLine(executionId, n, { message });
    const loud = 'x'.repeat(100_000);
    for (let n = 0; n < 60; n++)
      await bus.lines.append(p, [
        { executionId: 'e1', lines: [lineOf('e1', 2 * n), lineOf('e1', 2 * n + 1)] },
        { executionId: 'e2', lines: [lineOf('e2', n, loud)] },
      ]);
    await bus.lines.measure(p, [aMeasured('e1', [1, T0, 'counter', 'rows', 3])]);
    const found = await bus.lines.backlog(p, 'e1');
    assert.deepEqual(
      found,
      Array.from({ length: 120 }, (_, n) => lineOf('e1', n)),
    );
    assert.equal((await bus.lines.backlog(p, 'e2')).length, 60);
    const newest = (await bus.lines.newest([p])).get(p)!;
    assert.equal((await bus.lines.read(new Map([[p, newest]]), { count: 10, blockMs: 0 })).batches.size, 0);
    await bus.lines.append(p, [{ executionId: 'e1', lines: [lineOf('e1', 120)] }]);
    const { batches } = await bus.lines.read(new Map([[p, newest]]), { count: 10, blockMs: 0 });
    assert.equal(batches.get(p)!.length, 1);
  });
  test('carrying metrics beside log lines', async () => {
    const { bus, p } = fresh();
    const measured = [
      aMeasured('e1', [1, T0, 'counter', 'rows', 3]),
      aMeasured('e2', [1, T0, 'timer', 'took', 1.5, { a: 'b' }]),
    ];
    await bus.lines.measure(p, measured);
    await bus.lines.append(p, [{ executionId: 'e1', lines: [] }]);
    const read = async (executions?: ReadonlySet<string>) => {
      const { batches } = await bus.lines.read(new Map([[p, '0']]), { count: 10, blockMs: 0, executions });
      return batches.get(p)!.map(({ id, ...entry }) => entry);
    };
    assert.deepEqual(await read(), [{ measured }, { executionId: 'e1', lines: [] }]);
    assert.deepEqual(await read(new Set(['e1'])), [{ executionId: 'e1', lines: [] }]);
  });
  test('waking an owner that waits for its mailboxes', async () => {
    const { bus, p } = fresh();
    const reading = bus.ownership.read(new Map([[p, '0']]), { count: 10, blockMs: 60_000 });
    setTimeout(() => bus.ownership.wake(), 50);
    assert.equal((await reading).size, 0);
  });
}

export function shared(fresh: Fresh): void {
  test('carrying a parcel to one server, and knowing whether it is still there', async () => {
    const { bus } = fresh();
    await bus.queues.add('g1', [{ name: 'parcelA', items: [] }]);
    await bus.queues.add('g1', [{ name: 'parcelA', items: [] }]);
    assert.deepEqual(await bus.queues.present('g1', ['parcelA', 'parcelB']), [true, false]);
    assert.equal(await bus.queues.waiting('g1'), 1);
    const taken = Promise.withResolvers<string>();
    const release = Promise.withResolvers<void>();
    const server = bus.queues.serve('g1', { concurrency: 1 }, async ({ name }) => {
      taken.resolve(name);
      await release.promise;
    });
    await server.ready();
    assert.equal(await taken.promise, 'parcelA');
    assert.deepEqual(await bus.queues.present('g1', ['parcelA']), [true]);
    release.resolve();
    await server.close(5_000);
    assert.deepEqual(await bus.queues.present('g1', ['parcelA']), [false]);
  });
  test('carrying what has waited before ahead of the others', async () => {
    const { bus } = fresh();
    await bus.queues.add('g2', [
      { name: 'parcelA', items: [] },
      { name: 'parcelB', items: [] },
    ]);
    await bus.queues.add('g2', [{ name: 'parcelC', items: [], first: true }]);
    const taken: string[] = [];
    const server = bus.queues.serve('g2', { concurrency: 1 }, async ({ name }) => void taken.push(name));
    await eventually(() => taken.length === 3);
    await server.close(5_000);
    assert.deepEqual(taken, ['parcelC', 'parcelA', 'parcelB']);
  });
  test('knowing who lives', async () => {
    const { bus } = fresh();
    const member = {
      id: 'm1',
      role: 'worker' as const,
      host: 'h',
      pid: 1,
      version: '0',
      startedAtMs: 1,
      format: 1,
      group: 'default',
      threads: 4,
    };
    await bus.members.beat(member);
    assert.deepEqual(
      (await bus.members.live()).filter(({ id }) => id === 'm1'),
      [member],
    );
    await bus.members.leave('m1');
    assert.deepEqual(
      (await bus.members.live()).filter(({ id }) => id === 'm1'),
      [],
    );
  });
  test('recording ticks only for the leader', async () => {
    const { bus } = fresh();
    assert.equal(await bus.timetable.lead('a'), true);
    assert.equal(await bus.timetable.lead('b'), false);
    const trigger = { uid: 'main/n/f/t', dueMs: 1, state: '{}' };
    assert.equal(await bus.timetable.commit('b', { triggers: [trigger] }), 'FENCED');
    assert.equal(
      await bus.timetable.commit('a', {
        triggers: [trigger],
        starts: [['s1', '{}']],
        cursors: new Map([['f:1', 'c']]),
      }),
      'APPLIED',
    );
    assert.deepEqual((await bus.timetable.due(10)).triggers, [trigger]);
    assert.deepEqual(await bus.timetable.outbox(), [['s1', '{}']]);
    assert.equal((await bus.timetable.cursors()).get('f:1'), 'c');
    await bus.timetable.commit('a', { dropped: [trigger.uid], sent: ['s1'] });
    assert.deepEqual([await bus.timetable.all(), await bus.timetable.outbox()], [[], []]);
    assert.equal(await bus.timetable.number(), 2, 'what was refused does not count');
    await bus.timetable.resign('a');
    assert.equal(await bus.timetable.lead('b'), true);
    assert.equal(await bus.timetable.commit('a', { triggers: [trigger] }), 'FENCED');
  });
  test('keeping small values for a while, and claims by the first', async () => {
    const { bus, elapse } = fresh();
    assert.equal(await bus.vault.set('user/a', '1', { onlyIfAbsent: true }), true);
    assert.equal(await bus.vault.set('user/a', '2', { onlyIfAbsent: true }), false);
    assert.equal(await bus.vault.get('user/a'), '1');
    await bus.vault.set('user/b', '3', { ttlMs: 50 });
    assert.deepEqual([...(await bus.vault.keys('user/'))].sort(), ['user/a', 'user/b']);
    assert.equal(await bus.vault.replace('user/b', '4'), true);
    assert.equal(await bus.vault.get('user/b'), '4');
    await elapse(100);
    assert.equal(await bus.vault.get('user/b'), undefined, 'what replaces another lives no longer');
    assert.equal(await bus.vault.replace('user/b', '5'), false);
    assert.equal(await bus.vault.get('user/b'), undefined);
    await bus.vault.remove('user/a');
    assert.deepEqual(await bus.vault.keys('user/'), []);
  });
}
