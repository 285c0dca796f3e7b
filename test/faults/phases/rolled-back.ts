/**
 * FR: Redis goes back by a second under living connections, as a failover to a lagging replica behind one address does: nobody is
 * told. Nothing but the numbers of commits tells an owner, and nothing but the versions a reader.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase, Stage } from './phase.ts';
import { back } from './redis-killed.ts';
import { grown } from './waiting.ts';

const TIMES = 3;
const BACK_MS = 1_000;
const BETWEEN_MS = 6_000;
const SEEN = 'commits rolled back';
const GONE = 'bytes of history gone';

export const rolledBack: Phase = {
  id: 'FR',
  title: 'rolled back by a second',
  seconds: 30,
  sights: [SEEN, GONE],
  goals: [],
  run: async (stage) => {
    const seen = await grown(stage, [[SEEN, 'windhover_executor_commits_total', 'answer="ROLLED_BACK"']], async () => {
      for (let n = 0; n < TIMES; n++) {
        await rollBack(stage);
        await sleep(BETWEEN_MS);
      }
    });
    for (const [sight, count] of seen) stage.account.saw(sight, count);
  },
};

async function rollBack(stage: Stage): Promise<void> {
  const { account, cuts, feeds, keys, redis } = stage;
  // Redis appends whole commands: any size that is seen ends behind one.
  const size = redis.aofSize();
  const fromMs = Date.now();
  await sleep(BACK_MS);
  account.saw(GONE, await keys.reloadFrom(() => redis.truncate(size)));
  cuts.push({ fromMs: fromMs - 100, untilMs: Date.now() });
  feeds.forget();
  account.injected++;
  await back(stage, performance.now());
}
