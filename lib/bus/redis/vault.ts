/** Small shared values on Redis: a key each, with its own life. */
import { isFault } from '../../errors.ts';
import type { Vault } from '../vault.ts';
import { type Connections, reached } from './connection.ts';
import { SYSTEM } from './keys.ts';

const PREFIX = `${SYSTEM}:vault:`;
const SCAN_COUNT = 500;

export function redisVault(connections: Connections): Vault {
  const { state } = connections;
  const ask = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      throw reached(error);
    }
  };
  return {
    get: async (key) => (await ask(state.get(PREFIX + key))) ?? undefined,
    set: async (key, value, { ttlMs, onlyIfAbsent } = {}) => {
      const options = [...(ttlMs === undefined ? [] : ['PX', ttlMs]), ...(onlyIfAbsent ? ['NX'] : [])];
      const set = ask(state.call('SET', PREFIX + key, value, ...options)).then((answer) => answer === 'OK');
      if (!onlyIfAbsent) return set;
      return set.catch(async (error: unknown) => {
        // Where there is one, nothing would have been written.
        if (isFault(error, 'bus.full') && (await ask(state.exists(PREFIX + key))) === 1) return false;
        throw error;
      });
    },
    replace: async (key, value) => (await ask(state.call('SET', PREFIX + key, value, 'XX', 'KEEPTTL'))) === 'OK',
    remove: async (key) => {
      await ask(state.del(PREFIX + key));
    },
    keys: async (prefix) => {
      const found: string[] = [];
      const pattern = `${(PREFIX + prefix).replace(/[[\]*?\\]/g, '\\$&')}*`;
      // All of them have one slot.
      const server = connections.at(SYSTEM);
      for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
        const [next, keys] = await ask(server.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT));
        for (const key of keys) found.push(key.slice(PREFIX.length));
        cursor = next;
      }
      return found;
    },
  };
}
