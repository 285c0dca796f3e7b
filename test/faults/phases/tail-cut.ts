/** F8: a power loss: Redis dies, and the end of its file with it. What was acknowledged before is there; what is there is whole. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase, Stage } from './phase.ts';
import { back } from './redis-killed.ts';

const CUTS = 2;
const LEAST_BYTES = 4 * 1024;
const MOST_BYTES = 256 * 1024;
const AWAY_MS = 1_000;
const BETWEEN_MS = 8_000;
const CUT = 'ms of history cut off';

export const tailCut: Phase = {
  id: 'F8',
  title: 'the end of the file cut off',
  seconds: 25,
  sights: [CUT],
  goals: [],
  run: async (stage) => {
    for (let n = 0; n < CUTS; n++) {
      await cut(stage);
      await sleep(BETWEEN_MS);
    }
  },
};

async function cut(stage: Stage): Promise<void> {
  const { account, cuts, dice, feeds, keys, redis } = stage;
  await redis.kill();
  const killedMs = Date.now();
  account.saw('bytes cut off', redis.cutTail(LEAST_BYTES + dice.below(MOST_BYTES - LEAST_BYTES)));
  await sleep(AWAY_MS);
  await redis.start();
  await keys.connected();
  const fromMs = await keys.clock();
  cuts.push({ fromMs: fromMs - 100, untilMs: killedMs + AWAY_MS / 2 });
  feeds.forget();
  account.injected++;
  account.saw(CUT, Math.max(0, killedMs - fromMs));
  await back(stage, performance.now());
}
