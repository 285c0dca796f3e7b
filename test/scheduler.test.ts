/** The scheduler over the bus in memory, with the clock in hand: each `tick` is what a wake does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MemoryBus } from '../lib/bus/memory/open.ts';
import { Fault } from '../lib/errors.ts';
import { parseFlow } from '../lib/flow/parse.ts';
import type { Envelope } from '../lib/model/envelope.ts';
import { executionPartition } from '../lib/model/partition.ts';
import { cipherOf } from '../lib/secret/cipher.ts';

import { catalogue, EACH_MINUTE, MINUTE, PARTITIONS, sourceOf, World } from './support/scheduler-world.ts';

describe('a schedule', () => {
  it('starts one execution per tick though two schedulers lead in turn', async () => {
    const world = new World();
    const [one, other] = [world.scheduler(), world.scheduler()];
    await world.tell({ source: EACH_MINUTE });
    await one.tick();
    await other.tick();
    assert.deepEqual(await world.ticks(), []);
    for (let n = 0; n < 6; n++) {
      world.clock.ms += MINUTE;
      const [first, second] = n % 2 === 0 ? [one, other] : [other, one];
      await first.tick();
      await second.tick();
      await first.tick();
    }
    assert.deepEqual(await world.ticks(), ['10:01:00', '10:02:00', '10:03:00', '10:04:00', '10:05:00', '10:06:00']);
  });

  it('says why: trigger, labels, inputs, as Kestra does', async () => {
    const world = new World();
    const scheduler = world.scheduler();
    const given =
      'cron: "0 * * * * *"\nwithSeconds: true\ntimezone: Europe/Paris\nlabels: { by: "{{ trigger.next }}" }\ninputs: { day: "{{ trigger.date }}" }';
    await world.tell({
      source: sourceOf(
        given,
        'labels: { team: a }\ninputs: [{ id: day, type: STRING }, { id: n, type: INT, defaults: 3 }]',
      ),
    });
    await scheduler.tick();
    world.clock.ms += MINUTE;
    await scheduler.tick();
    const [message] = await world.starts();
    const { start, labels, rememberS } = message!;
    assert.deepEqual(start.trigger, {
      id: 'each',
      type: 'io.kestra.plugin.core.trigger.Schedule',
      variables: {
        date: '2026-03-02T10:01:00.000Z',
        next: '2026-03-02T10:02:00.000Z',
        previous: '2026-03-02T10:00:00.000Z',
      },
    });
    assert.deepEqual(start.inputs, { day: '2026-03-02T10:01:00.000Z', n: 3 });
    assert.deepEqual(labels, {
      team: 'a',
      by: '2026-03-02T10:02:00.000Z',
      'system.correlationId': start.id,
      'system.from': 'trigger',
    });
    assert.deepEqual([start.principal, start.flow.revision, rememberS], ['trigger', 1, 86_400]);
  });

  for (const [rule, expected] of [
    ['ALL', ['10:01:00', '10:02:00', '10:03:00']],
    ['LAST', ['10:03:00']],
    ['NONE', []],
  ] as const)
    it(`recovers missed ticks: ${rule}`, async () => {
      const world = new World();
      await world.tell({ source: sourceOf(`cron: "* * * * *"\nrecoverMissedSchedules: ${rule}`) });
      await world.scheduler().tick();
      world.clock.ms += 3 * MINUTE;
      const next = world.scheduler();
      await next.tick();
      assert.deepEqual(await world.ticks(), expected);
      world.clock.ms += 35_000;
      await next.tick();
      assert.deepEqual(await world.ticks(), [...expected, '10:04:00']);
    });

  it('starts nothing once its flow is deleted, its trigger removed or disabled', async () => {
    for (const change of [
      'delete',
      { source: sourceOf('cron: "0 0 1 1 *"') },
      { source: `${EACH_MINUTE}    disabled: true\n` },
      { source: `${EACH_MINUTE}disabled: true\n` },
    ] as const) {
      const world = new World();
      const scheduler = world.scheduler();
      await world.tell({ source: EACH_MINUTE });
      await scheduler.tick();
      await world.tell(change);
      world.clock.ms += 5 * MINUTE;
      await scheduler.tick();
      assert.deepEqual(await world.ticks(), [], JSON.stringify(change));
      assert.equal((await world.bus.timetable.all()).length, change === 'delete' ? 0 : 1);
    }
  });

  it('goes on though an old answer about its flow comes again', async () => {
    const world = new World();
    const scheduler = world.scheduler();
    await world.tell({ source: EACH_MINUTE });
    await world.tell('delete', 'gone');
    await world.tell({ source: EACH_MINUTE });
    await scheduler.tick();
    await world.tell('delete', 'gone');
    await scheduler.tick();
    assert.equal((await world.bus.timetable.all()).length, 1);
  });

  it('takes plugin defaults from the configuration, anew where a leader has others', async () => {
    const world = new World();
    const at = (cron: string) =>
      world.scheduler(world.bus, { globals: [{ type: 'io.kestra.plugin.core.trigger.', values: { cron } }] });
    const [before, after] = [at('0 * * * *'), at('30 * * * *')];
    await world.tell({ source: sourceOf('timezone: UTC') });
    await before.tick();
    world.clock.ms += 60 * MINUTE;
    await before.tick();
    const [first] = await world.starts();
    const partition = executionPartition(first!.executionId, PARTITIONS);
    const definition = (await world.bus.documents.definition(partition, first!.start.flow.hash))!;
    assert.match(definition, /"cron":"0 \* \* \* \*"/);
    assert.equal(parseFlow(definition, catalogue, { tenant: 'main' }).flow!.hash, first!.start.flow.hash);
    await before.quiet();
    await after.tick();
    world.clock.ms += 60 * MINUTE;
    await after.tick();
    assert.deepEqual(await world.ticks(), ['11:00:00', '11:30:00']);
  });

  it('seals the secrets that it gives', async () => {
    const world = new World();
    const cipher = cipherOf(new Uint8Array(32));
    const scheduler = world.scheduler(world.bus, { cipher });
    await world.tell({
      source: sourceOf('cron: "* * * * *"\ninputs: { pin: hunter2 }', 'inputs: [{ id: pin, type: SECRET }]'),
    });
    await scheduler.tick();
    world.clock.ms += MINUTE;
    await scheduler.tick();
    const [message] = await world.starts();
    assert.equal(cipher.open(`${message!.executionId}/pin`, message!.start.inputs.pin as Envelope), 'hunter2');
  });

  it('keeps its due time where an edit leaves it alone', async () => {
    const world = new World();
    const scheduler = world.scheduler();
    await world.tell({ source: EACH_MINUTE });
    await scheduler.tick();
    world.clock.ms += 31_000;
    await world.tell({ source: `${EACH_MINUTE}description: other\n` });
    await scheduler.tick();
    const [start] = await world.starts();
    assert.deepEqual([start!.start.flow.revision, await world.ticks()], [2, ['10:01:00']]);
  });
});

describe('the outbox', () => {
  it('is sent again once after 30 s, and is empty then', async () => {
    const world = new World();
    const scheduler = world.scheduler();
    await world.tell({ source: sourceOf('cron: "1 10 2 3 *"') });
    await scheduler.tick();
    world.clock.ms += MINUTE;
    await scheduler.tick();
    assert.equal((await world.bus.timetable.outbox()).length, 1);
    for (let n = 0; n < 40; n++) {
      world.clock.ms += 1_000;
      await scheduler.tick();
    }
    assert.equal((await world.starts()).length, 2);
    assert.deepEqual(await world.bus.timetable.outbox(), []);
  });

  it('is read anew after a failover that took commits away', async () => {
    const world = new World();
    const { timetable } = world.bus;
    let leader = '';
    const commit: typeof timetable.commit = (token, change) => {
      leader = token;
      return timetable.commit(token, change);
    };
    const scheduler = world.scheduler({ ...world.bus, timetable: { ...timetable, commit } });
    const pass = async (seconds: number) => {
      for (let n = 0; n < seconds; n++) {
        world.clock.ms += 1_000;
        await scheduler.tick();
      }
    };
    await world.tell({ source: sourceOf('cron: "1 10 2 3 *"') });
    await scheduler.tick();
    await pass(31);
    const kept = await timetable.outbox();
    assert.equal(kept.length, 1);
    await pass(40);
    assert.deepEqual(await timetable.outbox(), []);
    // As it was before it was sent: the leader has not made these commits.
    await timetable.commit(leader, { starts: kept });
    await pass(40);
    assert.deepEqual(await timetable.outbox(), []);
  });

  it('outlives a leader that could not send', async () => {
    const world = new World();
    const cut: MemoryBus = {
      ...world.bus,
      mailbox: { ...world.bus.mailbox, start: () => Promise.reject(new Fault('bus.unavailable', 'cut')) },
    };
    const [dying, next] = [world.scheduler(cut), world.scheduler()];
    await world.tell({ source: EACH_MINUTE });
    await dying.tick();
    world.clock.ms += MINUTE;
    await dying.tick();
    assert.deepEqual(await world.ticks(), []);
    await dying.quiet();
    await next.tick();
    assert.deepEqual(await world.ticks(), ['10:01:00']);
  });
});

describe('the service', () => {
  it('wakes by itself, is a member, and leaves the lead when it goes', async () => {
    const world = new World();
    const scheduler = world.scheduler();
    await world.tell({ source: EACH_MINUTE });
    await scheduler.start();
    assert.deepEqual(
      (await world.bus.members.live()).map(({ role }) => role),
      ['scheduler'],
    );
    world.clock.ms += MINUTE;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual(await world.ticks(), ['10:01:00']);
    assert.equal(scheduler.health().ok, true);
    await scheduler.quiet();
    await scheduler.stop(1_000);
    assert.equal(await world.bus.timetable.lead('other'), true);
    assert.deepEqual(await world.bus.members.live(), []);
  });
});
