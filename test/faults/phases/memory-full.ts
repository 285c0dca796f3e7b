/** F15: Redis has no memory left: new work is refused with 429, what runs finishes or waits, and all goes on when there is room. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase, Stage } from './phase.ts';
import { back } from './redis-killed.ts';

const TIMES = 2;
const FULL_MS = 6_000;
const BETWEEN_MS = 4_000;
const REFUSED = 'starts refused with 429';

export const memoryFull: Phase = {
  id: 'F15',
  title: 'Redis out of memory',
  seconds: 25,
  shortSeconds: 25,
  sights: [REFUSED],
  goals: [],
  run: async (stage) => {
    for (let n = 0; n < TIMES; n++) {
      await fill(stage);
      await sleep(BETWEEN_MS);
    }
  },
};

async function fill(stage: Stage): Promise<void> {
  const { account, history, keys } = stage;
  const before = history.calls.length;
  // Below what it uses already: whatever may be refused is refused from now on.
  await keys.redis.config('SET', 'maxmemory', '1mb');
  account.injected++;
  await sleep(FULL_MS);
  await keys.redis.config('SET', 'maxmemory', '0');
  account.saw(
    REFUSED,
    history.calls.slice(before).filter(({ what, status }) => what === 'start' && status === 429).length,
  );
  await back(stage, performance.now());
}
