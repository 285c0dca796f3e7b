/** Members on Redis: a hash of who they are, a sorted set of when each was heard last. */
import { MEMBER_SILENT_MS, type Member, type Members } from '../members.ts';
import { type Connections, reached } from './connection.ts';
import { SYSTEM } from './keys.ts';
import { script } from './script.ts';
import { timeAt } from './time.ts';

const KEY = `${SYSTEM}:members`;
/** A member that was silent for this long is forgotten. */
const FORGET_MS = 60_000;
const beat = script('beat');

export function redisMembers(connections: Connections): Members {
  const { state } = connections;
  return {
    beat: async (member) => {
      await beat(state, KEY, [member.id, JSON.stringify(member), FORGET_MS]);
    },
    leave: async (id) => {
      await Promise.all([state.hdel(KEY, id), state.zrem(`${KEY}:heard`, id)]).catch((error: unknown) => {
        throw reached(error);
      });
    },
    live: async () => {
      try {
        const nowMs = await timeAt(connections, KEY);
        const ids = await state.zrangebyscore(`${KEY}:heard`, nowMs - MEMBER_SILENT_MS, '+inf');
        if (ids.length === 0) return [];
        const members = await state.hmget(KEY, ...ids);
        return members.flatMap((json) => (json === null ? [] : [JSON.parse(json) as Member]));
      } catch (error) {
        throw reached(error);
      }
    },
  };
}
