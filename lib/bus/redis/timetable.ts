/** The scheduler's timetable on Redis: `lua/lead`, `lua/tick`; a hash of states and a sorted set of due times. */
import { LEADER_MS, type Timetable } from '../timetable.ts';
import { type Connections, reached } from './connection.ts';
import { SCHEDULER } from './keys.ts';
import { script } from './script.ts';
import { timeAt } from './time.ts';

const lead = script('lead');
const tick = script('tick');

export function redisTimetable(connections: Connections): Timetable {
  const { state } = connections;
  const ask = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      throw reached(error);
    }
  };
  return {
    lead: async (token) => (await lead(state, SCHEDULER, [token, LEADER_MS])) === 1,
    resign: async (token) => {
      await lead(state, SCHEDULER, [token, 0]);
    },
    due: async (limit) => {
      const nowMs = await timeAt(connections, SCHEDULER);
      const pairs = await ask(state.zrangebyscore(`${SCHEDULER}:due`, '-inf', nowMs, 'WITHSCORES', 'LIMIT', 0, limit));
      const uids = pairs.filter((_, n) => n % 2 === 0);
      const states = uids.length > 0 ? await ask(state.hmget(`${SCHEDULER}:triggers`, ...uids)) : [];
      const triggers = uids.flatMap((uid, n) =>
        states[n] == null ? [] : [{ uid, dueMs: Number(pairs[2 * n + 1]), state: states[n] }],
      );
      return { nowMs, triggers };
    },
    all: async () => {
      const [states, pairs] = await ask(
        Promise.all([
          state.hgetall(`${SCHEDULER}:triggers`),
          state.zrange(`${SCHEDULER}:due`, '0', '-1', 'WITHSCORES'),
        ]),
      );
      const due = new Map(pairs.flatMap((uid, n) => (n % 2 === 0 ? [[uid, Number(pairs[n + 1])] as const] : [])));
      return Object.entries(states).map(([uid, json]) => ({ uid, dueMs: due.get(uid), state: json }));
    },
    read: async (uid) => {
      const [json, dueMs] = await ask(
        Promise.all([state.hget(`${SCHEDULER}:triggers`, uid), state.zscore(`${SCHEDULER}:due`, uid)]),
      );
      return json === null ? undefined : { uid, state: json, ...(dueMs === null ? {} : { dueMs: Number(dueMs) }) };
    },
    commit: async (token, { triggers = [], dropped = [], starts = [], sent = [], cursors = new Map() }) =>
      (await tick(state, SCHEDULER, [
        token,
        triggers.length,
        ...triggers.flatMap(({ uid, dueMs, state: json }) => [uid, dueMs ?? '', json]),
        dropped.length,
        ...dropped,
        starts.length,
        ...starts.flat(),
        sent.length,
        ...sent,
        cursors.size,
        ...[...cursors].flat(),
      ])) as 'APPLIED' | 'FENCED',
    number: async () => Number((await ask(state.get(`${SCHEDULER}:number`))) ?? 0),
    outbox: async () => Object.entries(await ask(state.hgetall(`${SCHEDULER}:outbox`))),
    cursors: async () => new Map(Object.entries(await ask(state.hgetall(`${SCHEDULER}:cursors`)))),
  };
}
