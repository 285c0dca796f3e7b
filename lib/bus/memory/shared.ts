/** What all servers share, in memory: queues, members, timetable, vault. */
import { MEMBER_SILENT_MS, type Member, type Members } from '../members.ts';
import type { Parcel, Queues } from '../queues.ts';
import { LEADER_MS, type Timetable, type TriggerRecord } from '../timetable.ts';
import type { Vault } from '../vault.ts';
import type { Store } from './store.ts';

export function memoryQueues(store: Store): Queues {
  const queueOf = (group: string) => {
    const queue = store.queues.get(group) ?? { waiting: [], active: new Set<string>() };
    store.queues.set(group, queue);
    return queue;
  };
  return {
    add: async (group, parcels) => {
      const queue = queueOf(group);
      for (const parcel of parcels)
        if (!queue.waiting.some(({ name }) => name === parcel.name) && !queue.active.has(parcel.name))
          queue.waiting[parcel.first ? 'unshift' : 'push'](structuredClone(parcel));
      store.changed();
    },
    present: async (group, names) =>
      names.map(
        (name) => queueOf(group).active.has(name) || queueOf(group).waiting.some((parcel) => parcel.name === name),
      ),
    waiting: async (group) => queueOf(group).waiting.length,
    serve: (group, { concurrency }, handle) => {
      const closed = new AbortController();
      const hands = Array.from({ length: concurrency }, () => take(store, queueOf(group), handle, closed.signal));
      return {
        ready: async () => {},
        pause: async () => closed.abort(),
        close: async (deadlineMs) => {
          closed.abort();
          await Promise.race([Promise.all(hands), new Promise((resolve) => setTimeout(resolve, deadlineMs))]);
        },
      };
    },
  };
}

async function take(
  store: Store,
  queue: { waiting: Parcel[]; active: Set<string> },
  handle: (parcel: Parcel) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const parcel = queue.waiting.shift();
    if (!parcel) {
      await store.wait(TAKE_AGAIN_MS, signal);
      continue;
    }
    queue.active.add(parcel.name);
    await handle(parcel).catch(() => {}); // A parcel is gone however its handling ends.
    queue.active.delete(parcel.name);
  }
}

const TAKE_AGAIN_MS = 1_000;

export function memoryMembers(store: Store): Members {
  const heard = new Map<string, { readonly member: Member; readonly atMs: number }>();
  return {
    beat: async (member) => {
      heard.set(member.id, { member, atMs: store.clock.now() });
    },
    leave: async (id) => {
      heard.delete(id);
    },
    live: async () =>
      [...heard.values()]
        .filter(({ atMs }) => store.clock.now() - atMs <= MEMBER_SILENT_MS)
        .map(({ member }) => member),
  };
}

export function memoryTimetable(store: Store): Timetable {
  let leader = { token: '', untilMs: 0 };
  const triggers = new Map<string, TriggerRecord>();
  const outbox = new Map<string, string>();
  const cursors = new Map<string, string>();
  let number = 0;
  const leads = (token: string) => leader.token === token && store.clock.now() < leader.untilMs;
  return {
    lead: async (token) => {
      if (store.clock.now() < leader.untilMs && leader.token !== token) return false;
      leader = { token, untilMs: store.clock.now() + LEADER_MS };
      return true;
    },
    resign: async (token) => {
      if (leader.token === token) leader = { token: '', untilMs: 0 };
    },
    due: async (limit) => {
      const nowMs = store.clock.now();
      const due = [...triggers.values()]
        .filter(({ dueMs }) => dueMs !== undefined && dueMs <= nowMs)
        .sort((a, b) => a.dueMs! - b.dueMs!);
      return { nowMs, triggers: due.slice(0, limit) };
    },
    all: async () => [...triggers.values()],
    read: async (uid) => triggers.get(uid),
    commit: async (token, change) => {
      if (!leads(token)) return 'FENCED';
      number++;
      for (const trigger of change.triggers ?? []) triggers.set(trigger.uid, trigger);
      for (const uid of change.dropped ?? []) triggers.delete(uid);
      for (const [name, json] of change.starts ?? []) outbox.set(name, json);
      for (const name of change.sent ?? []) outbox.delete(name);
      for (const [name, value] of change.cursors ?? []) cursors.set(name, value);
      return 'APPLIED';
    },
    number: async () => number,
    outbox: async () => [...outbox],
    cursors: async () => new Map(cursors),
  };
}

export function memoryVault(store: Store): Vault {
  const values = new Map<string, { readonly value: string; readonly untilMs: number }>();
  const present = (key: string) => (values.get(key)?.untilMs ?? 0) > store.clock.now();
  return {
    get: async (key) => (present(key) ? values.get(key)!.value : undefined),
    set: async (key, value, { ttlMs, onlyIfAbsent } = {}) => {
      if (onlyIfAbsent && present(key)) return false;
      values.set(key, { value, untilMs: ttlMs === undefined ? Number.POSITIVE_INFINITY : store.clock.now() + ttlMs });
      return true;
    },
    replace: async (key, value) => {
      if (!present(key)) return false;
      values.set(key, { ...values.get(key)!, value });
      return true;
    },
    remove: async (key) => {
      values.delete(key);
    },
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix) && present(key)),
  };
}
