/** The flows of one partition, in their owner's memory: definitions and revisions. One message is one step of `flow/actor`. */

import type { Bus } from '../../lib/bus/bus.ts';
import type { Entry, Holding, Lease } from '../../lib/bus/ownership.ts';
import { textOf } from '../../lib/errors.ts';
import type { FlowDocument } from '../../lib/flow/actor.ts';
import { stepFlow } from '../../lib/flow/actor.ts';
import type { Log } from '../../lib/log.ts';
import type { FlowMessage } from '../../lib/model/message.ts';
import { versionOf } from '../../lib/model/version.ts';
import type { Batch } from './batch.ts';
import { BATCH_BYTES_MAX, type Moment, type PartitionActor, TRIES_MAX } from './partition.ts';
import { Residue } from './residue.ts';

export class FlowPartition implements PartitionActor {
  readonly number: number;
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #lease: Lease;
  readonly #present: Set<string>;
  readonly #documents = new Map<string, FlowDocument>();
  readonly #residue: Residue;

  constructor(parts: { readonly bus: Bus; readonly log: Log }, lease: Lease, holding: Holding) {
    this.#bus = parts.bus;
    this.#log = parts.log;
    this.#lease = lease;
    this.number = holding.number;
    this.#present = new Set(holding.documents);
    this.#residue = new Residue({ ...holding, documents: [] }, versionOf(lease.epoch, holding.number + 1));
  }

  get nextMs(): number {
    return this.#residue.nextMs;
  }

  prepare(entries: readonly Entry[]): Promise<void> | undefined {
    const missing = new Set<string>();
    for (const { messages } of entries)
      for (const { flowId } of messages as readonly FlowMessage[])
        if (this.#present.has(flowId) && !this.#documents.has(flowId)) missing.add(flowId);
    if (missing.size === 0) return undefined;
    return Promise.all([...missing].map((id) => this.#load(id))).then(() => {});
  }

  async #load(id: string): Promise<void> {
    const head = await this.#bus.documents.fields(this.#lease.partition, id, ['head']);
    if (head[0] !== undefined) this.#documents.set(id, JSON.parse(head[0]) as FlowDocument);
  }

  plan(batch: Batch, entries: readonly Entry[], moment: Moment): void {
    for (const entry of entries) {
      if (batch.bytes >= BATCH_BYTES_MAX) break;
      batch.bytes += entry.bytes;
      try {
        for (const message of entry.messages as readonly FlowMessage[]) this.#take(batch, message, moment.nowMs);
        batch.applied.push(entry.id);
        if (entry.unreadable !== undefined)
          batch.deadLetters.push(
            JSON.stringify({
              entry: entry.id,
              partition: batch.partition,
              reason: entry.unreadable.reason,
              message: entry.unreadable.text,
            }),
          );
      } catch (error) {
        this.#log.warn({ entry: entry.id, err: error }, 'a flow message throws');
        if ((moment.tries.get(entry.id) ?? 0) + 1 < TRIES_MAX) {
          batch.failed.push(entry.id);
          continue;
        }
        batch.applied.push(entry.id);
        batch.deadLetters.push(
          JSON.stringify({
            entry: entry.id,
            partition: batch.partition,
            reason: textOf(error),
            message: JSON.stringify(entry.messages),
          }),
        );
      }
    }
    this.#residue.sweep(batch, moment, entries.length === 0, () => {});
  }

  applied(): void {}

  async watch(): Promise<void> {}

  #take(batch: Batch, message: FlowMessage, nowMs: number): void {
    const { flowId } = message;
    const { document, revision, event } = stepFlow(this.#documents.get(flowId), message, nowMs);
    if (document) {
      const set: [string, string][] = [['head', JSON.stringify(document)]];
      if (revision) set.push([`r:${revision.revision}`, JSON.stringify(revision)]);
      this.#documents.set(flowId, document);
      this.#present.add(flowId);
      batch.document({ id: flowId, set });
    }
    batch.event(flowId, JSON.stringify(event));
  }
}
