/** The scheduler over the bus in memory, with the clock in hand: each `tick` is what a wake does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildScheduler, type Scheduler, type SchedulerParts } from '../actors/scheduler/scheduler.ts';
import { type MemoryBus, openMemoryBus } from '../lib/bus/memory/open.ts';
import { Fault } from '../lib/errors.ts';
import { type FlowDocument, stepFlow } from '../lib/flow/actor.ts';
import { parseFlow } from '../lib/flow/parse.ts';
import { silentLog } from '../lib/log.ts';
import type { Envelope } from '../lib/model/envelope.ts';
import type { FlowMessage, StartMessage } from '../lib/model/message.ts';
import { allPartitions, executionPartition, flowPartition } from '../lib/model/partition.ts';
import { loadPlugins } from '../lib/plugin/load.ts';
import { cipherOf } from '../lib/secret/cipher.ts';
import { aCommit, aLease, entriesOf } from './support/bus-parts.ts';

const PARTITIONS = 4;
const T0 = Date.parse('2026-03-02T10:00:30Z');
const MINUTE = 60_000;
const { catalogue } = await loadPlugins(['@windhover/plugin-core']);

const sourceOf = (trigger: string, rest = '') => `id: hello
namespace: company.team
${rest}
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
triggers:
  - id: each
    type: io.kestra.plugin.core.trigger.Schedule
${trigger.replaceAll(/^/gm, '    ')}
`;
const EACH_MINUTE = sourceOf('cron: "* * * * *"');

class World {
  readonly clock = { ms: T0, now: () => this.clock.ms };
  readonly bus: MemoryBus = openMemoryBus({ partitions: PARTITIONS, clock: this.clock });
  #document: FlowDocument | undefined;
  #requests = 0;
  #commits = 0;

  scheduler(bus = this.bus, more: Partial<SchedulerParts> = {}): Scheduler {
    return buildScheduler({ bus, catalogue, timezone: 'UTC', log: silentLog, ...more });
  }

  async tell(change: { readonly source: string } | 'delete', request = `r${++this.#requests}`): Promise<void> {
    const flowId = 'main/company.team/hello';
    const common = { v: 1, atMs: this.clock.ms, flowId, request, principal: 'ada' } as const;
    const message: FlowMessage =
      change === 'delete'
        ? { ...common, kind: 'deleteFlow' }
        : { ...common, kind: 'saveFlow', source: change.source, hash: 'h', mode: 'upsert' };
    const { document, event } = stepFlow(this.#document, message, this.clock.ms);
    this.#document = document ?? this.#document;
    const partition = flowPartition({ tenant: 'main', namespace: 'company.team', id: 'hello' }, PARTITIONS);
    const lease = await aLease(this.bus, partition);
    const documents = document ? [{ id: flowId, set: [['head', JSON.stringify(document)]] as const }] : [];
    const answer = await this.bus.ownership.commit(
      lease,
      aCommit(this.#commits++, {
        documents,
        events: [
          [flowId, JSON.stringify(event)],
          ['', '{}'],
        ],
      }),
    );
    assert.equal(answer, 'APPLIED');
  }

  async starts(): Promise<StartMessage[]> {
    const entries = await Promise.all(
      allPartitions('x', PARTITIONS).map((partition) => entriesOf(this.bus, partition)),
    );
    const messages = entries.flat().flatMap(({ messages }) => messages) as StartMessage[];
    return messages.sort((a, b) => a.start.scheduleDateMs! - b.start.scheduleDateMs!);
  }

  /** The ticks that executions were started for, each execution once. */
  async ticks(): Promise<string[]> {
    const byId = new Map(
      (await this.starts()).map((message) => [message.executionId, message.start.trigger!.variables.date as string]),
    );
    return [...byId.values()].map((date) => date.slice(11, 19)).sort();
  }
}

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
