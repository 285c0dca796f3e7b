/** Words for tests of a bus: messages, commits, entries. */
import type { Bus } from '../../lib/bus/bus.ts';
import { type Commit, EMPTY_COMMIT, type Entry, type Lease } from '../../lib/bus/ownership.ts';
import type { ExecutionStart } from '../../lib/model/execution.ts';
import type { KillMessage, Message, StartMessage } from '../../lib/model/message.ts';
import type { Partition } from '../../lib/model/partition.ts';

/** A bus and a partition that no other test uses. */
export type Fresh = () => { bus: Bus; p: Partition; elapse(ms: number): Promise<void> };

export const aStart = (id: string, atMs: number, hash = 'hash'): StartMessage => ({
  v: 1,
  kind: 'start',
  executionId: id,
  atMs,
  labels: {},
  start: startOf(id, hash),
});

export const startOf = (id: string, hash: string): ExecutionStart => ({
  id,
  flow: { tenant: 'main', namespace: 'tests', id: 'flow', revision: 1, hash },
  inputs: {},
  originalId: id,
  principal: 'test',
  createdAtMs: 1,
  incarnation: 0,
});

export const aKill = (id: string, atMs: number, incarnation = 0): KillMessage => ({
  v: 1,
  kind: 'kill',
  executionId: id,
  atMs,
  incarnation,
  principal: 'test',
});

export const aContinue = (id: string, atMs: number): Message => ({ v: 1, kind: 'continue', executionId: id, atMs });

export const aCommit = (expected: number, change: Partial<Commit> = {}): Commit => ({
  ...EMPTY_COMMIT,
  id: `commit-${expected}`,
  expected,
  ...change,
});

/** The document, opened attempts and tombstone of an execution that runs. */
export const running = (id: string): Pick<Commit, 'documents' | 'events'> => ({
  documents: [
    {
      id,
      set: [
        ['start', JSON.stringify(startOf(id, 'hash'))],
        ['head', '{"history":[["RUNNING",1]]}'],
      ],
    },
  ],
  events: [[id, '{"head":{}}']],
});

export async function entriesOf(bus: Bus, partition: Partition): Promise<readonly Entry[]> {
  return (await bus.ownership.read(new Map([[partition, '0']]), { count: 100, blockMs: 0 })).get(partition) ?? [];
}

export async function aLease(bus: Bus, partition: Partition, owner = 'owner'): Promise<Lease> {
  const lease = await bus.ownership.acquire(partition, owner);
  if (!lease) throw new Error(`${partition} is held by somebody else`);
  return lease;
}
