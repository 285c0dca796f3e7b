/** A scheduler's world: the bus in memory, a flow, and the clock in the tester's hand. */
import assert from 'node:assert/strict';
import { buildScheduler, type Scheduler, type SchedulerParts } from '../../actors/scheduler/scheduler.ts';
import { type MemoryBus, openMemoryBus } from '../../lib/bus/memory/open.ts';
import { type FlowDocument, stepFlow } from '../../lib/flow/actor.ts';
import { silentLog } from '../../lib/log.ts';
import type { FlowMessage, StartMessage } from '../../lib/model/message.ts';
import { allPartitions, flowPartition } from '../../lib/model/partition.ts';
import { loadPlugins } from '../../lib/plugin/load.ts';
import { aCommit, aLease, entriesOf } from './bus-parts.ts';

export const PARTITIONS = 4;
export const T0 = Date.parse('2026-03-02T10:00:30Z');
export const MINUTE = 60_000;
export const { catalogue } = await loadPlugins(['@windhover/plugin-core']);

export const sourceOf = (trigger: string, rest = '') => `id: hello
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
export const EACH_MINUTE = sourceOf('cron: "* * * * *"');

export class World {
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
