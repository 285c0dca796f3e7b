/** The time of the server that has a key: the masters of a cluster have clocks of their own. */
import { Cluster } from 'ioredis';
import { type Connections, reached } from './connection.ts';
import { SYSTEM } from './keys.ts';
import { script } from './script.ts';

const now = script('now');

/** ms since 1970. Throws `bus.unavailable`. */
export async function timeAt({ state }: Connections, key = SYSTEM): Promise<number> {
  try {
    const told = state instanceof Cluster ? ((await now(state, key, [])) as string[]) : await state.time();
    const [seconds, micros] = told;
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  } catch (error) {
    throw reached(error);
  }
}
