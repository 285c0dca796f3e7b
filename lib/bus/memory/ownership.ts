/** What an owner does, in memory: the same checks in the same order as `redis/lua/commit.lua`. */

import type { Partition } from '../../model/partition.ts';
import { versionOf } from '../../model/version.ts';
import {
  type Commit,
  type CommitAnswer,
  type Entry,
  type Holding,
  LEASE_MS,
  type Lease,
  type Ownership,
} from '../ownership.ts';
import type { Keyspace, Store } from './store.ts';

export function memoryOwnership(store: Store): Ownership {
  const known = new Set<Partition>();
  let woken = new AbortController();
  return {
    acquire: async (partition, owner) => {
      known.add(partition);
      const space = store.of(partition);
      const nowMs = store.clock.now();
      if (isHeld(space, nowMs) && space.lease.owner !== owner) return undefined;
      const epoch = Math.max(space.lease.epoch + 1, nowMs, (space.feed.at(-1)?.epoch ?? 0) + 1);
      const value = `${owner}|${epoch}`;
      space.lease = { owner, epoch, value, untilMs: nowMs + LEASE_MS };
      return { partition, owner, epoch, value };
    },
    renew: async (leases) =>
      leases.map(({ partition, value }) => {
        const { lease } = store.of(partition);
        if (lease.value !== value || store.clock.now() >= lease.untilMs) return false;
        lease.untilMs = store.clock.now() + LEASE_MS;
        return true;
      }),
    release: async (leases) => {
      for (const { partition, value } of leases)
        if (store.of(partition).lease.value === value) store.of(partition).lease.untilMs = 0;
    },
    owners: async () =>
      new Map(
        [...known].flatMap((partition) =>
          isHeld(store.of(partition), store.clock.now()) ? [[partition, store.of(partition).lease.owner] as const] : [],
        ),
      ),
    hold: async ({ partition }) => holdingOf(store.of(partition)),
    read: async (from, { count, blockMs }) => {
      let found = entriesOf(store, from, count);
      if (found.size > 0 || blockMs === 0) return found;
      const { signal } = woken;
      const until = performance.now() + blockMs;
      while (found.size === 0 && !signal.aborted && performance.now() < until) {
        await store.wait(until - performance.now(), signal);
        found = entriesOf(store, from, count);
      }
      if (signal.aborted) woken = new AbortController();
      return found;
    },
    wake: () => woken.abort(),
    commit: async (lease, commit) => {
      const answer = apply(store, lease, structuredClone(commit) as Commit);
      store.changed();
      return answer;
    },
    tried: async ({ partition }, entryId) => {
      const { tries } = store.of(partition);
      tries.set(entryId, (tries.get(entryId) ?? 0) + 1);
      return tries.get(entryId)!;
    },
  };
}

const isHeld = ({ lease }: Keyspace, nowMs: number): boolean =>
  lease.value !== '' && nowMs < lease.untilMs && lease.untilMs <= nowMs + LEASE_MS;

function entriesOf(
  store: Store,
  from: ReadonlyMap<Partition, string>,
  count: number,
): ReadonlyMap<Partition, readonly Entry[]> {
  const found = new Map<Partition, readonly Entry[]>();
  for (const [partition, cursor] of from) {
    const entries = store
      .of(partition)
      .mail.filter(({ id }) => id > Number(cursor))
      .slice(0, count);
    if (entries.length > 0)
      found.set(
        partition,
        entries.map(({ id, messages }) => ({
          id: String(id),
          messages: structuredClone(messages),
          bytes: 100 * messages.length,
        })),
      );
  }
  return found;
}

function holdingOf(space: Keyspace): Holding {
  return {
    number: space.commit.number,
    timers: [...space.timers],
    attempts: [...space.claims].map(([ref, { delivery, workerId, token, untilMs }]) => ({
      ref,
      delivery,
      ...(workerId === undefined ? {} : { claim: { workerId, token: token!, untilMs: untilMs! } }),
    })),
    outbox: space.outbox,
    tombstones: [...space.tombstones],
    documents: [...space.documents.keys()],
    definitions: [...space.definitions.keys()],
    killing: [...space.killing],
    letters: [...space.letters],
  };
}

function apply(store: Store, lease: Lease, commit: Commit): CommitAnswer {
  const space = store.of(lease.partition);
  if (space.lease.value !== lease.value || !isHeld(space, store.clock.now())) return 'FENCED';
  if (space.commit.id === commit.id) return 'DONE';
  if (space.commit.number !== commit.expected) return 'ROLLED_BACK';
  if (commit.timers.set.some(([, dueMs]) => !Number.isFinite(dueMs))) return 'REFUSED';
  write(space, lease, commit);
  return 'APPLIED';
}

function write(space: Keyspace, lease: Lease, commit: Commit): void {
  const number = commit.expected + 1;
  space.commit = { id: commit.id, number };
  if (commit.events.length > 0) space.feed.push({ epoch: lease.epoch, number, events: [...commit.events] });
  const applied = new Set(commit.applied);
  space.mail = space.mail.filter(({ id }) => !applied.has(String(id)));
  for (const { id, set, removed = [], drop } of commit.documents) {
    if (drop) {
      space.documents.delete(id);
      continue;
    }
    const document = space.documents.get(id) ?? new Map<string, string>();
    space.documents.set(id, document);
    for (const [field, json] of set) document.set(field, json);
    for (const field of removed) document.delete(field);
  }
  for (const [ref, delivery] of commit.opened) space.claims.set(ref, { delivery });
  for (const ref of commit.closed) space.claims.delete(ref);
  for (const [id, json] of commit.tombstones.set) space.tombstones.set(id, json);
  for (const id of commit.tombstones.dropped) space.tombstones.delete(id);
  for (const [name, dueMs] of commit.timers.set) space.timers.set(name, dueMs);
  for (const name of commit.timers.dropped) space.timers.delete(name);
  for (const [name, json] of commit.letters.set) space.letters.set(name, json);
  for (const name of commit.letters.dropped) space.letters.delete(name);
  space.outbox = [...commit.outbox];
  for (const id of commit.killed) space.killing.delete(id);
  for (const id of commit.still.set) space.still.add(id);
  for (const id of commit.still.dropped) space.still.delete(id);
  space.dead.unshift(...commit.deadLetters);
  for (const id of commit.triesDropped) space.tries.delete(id);
  if (space.mail.length === 0) for (const hash of commit.definitionsDropped) space.definitions.delete(hash);
  const before = commit.trimFeedBefore;
  if (before !== undefined) space.feed = space.feed.filter((entry) => versionOf(entry.epoch, entry.number) >= before);
}
