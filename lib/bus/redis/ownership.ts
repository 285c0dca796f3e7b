/** What an owner does, on Redis: `lua/acquire`, `lua/renew`, `lua/commit`, and one blocking read for all its mailboxes. */
import { randomUUID } from 'node:crypto';
import { type FlowMessage, MESSAGE_FORMAT, type Message } from '../../model/message.ts';
import { allPartitions, type Partition } from '../../model/partition.ts';
import {
  type CommitAnswer,
  type Entry,
  type Holding,
  LEASE_MS,
  type Lease,
  type OpenAttempt,
  type Ownership,
} from '../ownership.ts';
import { commitArguments } from './commit.ts';
import { type Client, type Connections, reached } from './connection.ts';
import { prefixOf } from './keys.ts';
import { script, sectioned } from './script.ts';
import { streamReader } from './streams.ts';
import { timeAt } from './time.ts';

const acquire = script('acquire');
const commit = sectioned('commit');
const renew = sectioned('renew');

export function redisOwnership(connections: Connections, partitions: number): Ownership & { close(): void } {
  const { state } = connections;
  const reader = streamReader(connections);
  let before: ReadonlyMap<Partition, ReadonlyMap<string, ReadEntry>> = new Map();
  return {
    acquire: async (partition, owner) => {
      const nonce = randomUUID();
      const epoch = (await acquire(state, prefixOf(partition), [owner, nonce, LEASE_MS])) as string | null;
      return epoch === null
        ? undefined
        : { partition, owner, epoch: Number(epoch), value: `${owner}|${epoch}|${nonce}` };
    },
    renew: (leases) =>
      Promise.all(
        leases.map(async ({ partition, value }) => (await renew(state, prefixOf(partition), [value, LEASE_MS])) === 1),
      ),
    release: async (leases) => {
      await Promise.all(leases.map(({ partition, value }) => renew(state, prefixOf(partition), [value, 0])));
    },
    owners: () => ownersOf(connections, partitions),
    hold: (lease) => holdingOf(state, lease),
    read: async (from, { count, blockMs }) => {
      if (from.size === 0) return new Map();
      const byKey = new Map([...from.keys()].map((partition) => [`${prefixOf(partition)}:mail`, partition]));
      const since = new Map(Array.from(byKey, ([key, partition]) => [key, from.get(partition)!]));
      const found = await reader.read({ since, count, blockMs });
      const read = new Map(
        found.map(([key, raw]) => [byKey.get(key)!, readEntries(raw, before.get(byKey.get(key)!))] as const),
      );
      before = read;
      return new Map(Array.from(read, ([partition, entries]) => [partition, [...entries.values()]]));
    },
    wake: () => reader.wake(),
    commit: async (lease, change) =>
      (await commit(state, prefixOf(lease.partition), commitArguments(lease, change))) as CommitAnswer,
    tried: (lease, entryId) =>
      state.hincrby(`${prefixOf(lease.partition)}:tries`, entryId, 1).catch((error: unknown) => {
        throw reached(error);
      }),
    close: () => reader.close(),
  };
}

async function ownersOf(connections: Connections, partitions: number): Promise<ReadonlyMap<Partition, string>> {
  const { state } = connections;
  const all = [...allPartitions('x', partitions), ...allPartitions('f', partitions)];
  const leases = await Promise.all(
    all.map((partition) => state.hmget(`${prefixOf(partition)}:owner`, 'owner', 'until')),
  ).catch((error: unknown) => {
    throw reached(error);
  });
  const nowMs = await timeAt(connections);
  return new Map(
    all.flatMap((partition, n) =>
      leases[n]![0] && Number(leases[n]![1]) > nowMs ? [[partition, leases[n]![0]] as const] : [],
    ),
  );
}

interface ReadEntry extends Entry {
  readonly text: string;
}

/** `before`: what the last read has found. Behind a backlog most of it comes again, and is not parsed again. */
function readEntries(
  raw: readonly (readonly [id: string, fields: readonly string[]])[],
  before: ReadonlyMap<string, ReadEntry> | undefined,
): ReadonlyMap<string, ReadEntry> {
  return new Map(
    raw.map(([id, [, text = '']]) => {
      const known = before?.get(id);
      // After a roll-back another entry may have the id.
      return [id, known?.text === text ? known : { ...entryOf(id, text), text }] as const;
    }),
  );
}

function entryOf(id: string, text: string): Entry {
  try {
    const messages = JSON.parse(text) as (Message | FlowMessage)[];
    const newer = messages.find(({ v }) => !(v <= MESSAGE_FORMAT));
    if (newer)
      return {
        id,
        messages: [],
        bytes: text.length,
        unreadable: { reason: `expected format ${MESSAGE_FORMAT} or lower, got ${newer.v}`, text },
      };
    return { id, messages, bytes: text.length };
  } catch {
    return { id, messages: [], bytes: text.length, unreadable: { reason: 'expected JSON, got something else', text } };
  }
}

async function holdingOf(state: Client, { partition }: Lease): Promise<Holding> {
  const prefix = prefixOf(partition);
  const [[number, outbox], timers, claims, ended, documents, definitions, killing, letters] = await Promise.all([
    state.hmget(`${prefix}:owner`, 'number', 'outbox'),
    state.zrange(`${prefix}:timers`, '0', '-1', 'WITHSCORES'),
    state.hgetall(`${prefix}:claims`),
    state.hgetall(`${prefix}:ended`),
    state.smembers(`${prefix}:docs`),
    state.hkeys(`${prefix}:defs`),
    state.smembers(`${prefix}:killing`),
    state.hgetall(`${prefix}:letters`),
  ]).catch((error: unknown) => {
    throw reached(error);
  });
  return {
    number: Number(number ?? 0),
    timers: Array.from({ length: timers.length / 2 }, (_, n) => [timers[2 * n]!, Number(timers[2 * n + 1])] as const),
    attempts: Object.entries(claims).map(([ref, value]) => attemptOf(ref, value)),
    outbox: outbox ? outbox.split(' ') : [],
    tombstones: Object.entries(ended),
    documents,
    definitions,
    killing,
    letters: Object.entries(letters),
  };
}

/** `<delivery>`, or `<delivery>|<worker>|<token>|<until>` where it is claimed. */
export function attemptOf(ref: string, value: string): OpenAttempt {
  const [delivery, workerId, token, untilMs] = value.split('|');
  return workerId
    ? { ref, delivery: delivery!, claim: { workerId, token: token!, untilMs: Number(untilMs) } }
    : { ref, delivery: delivery! };
}
