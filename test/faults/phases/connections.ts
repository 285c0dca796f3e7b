/** F9: connections to Redis are cut, hang half-open, are slow, break in the middle of a reply; Redis throws its clients out. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase, Stage } from './phase.ts';
import { back, refusals } from './redis-killed.ts';
import { grown } from './waiting.ts';

const BETWEEN_MS = 2_000;
const SLOW_FOR_MS = 6_000;
const HANG_MS = 9_000;
const TORN = 8;
const ACTS = ['cut', 'hang', 'tear', 'slow', 'thrown out', 'cut'] as const;
const TOUCHED = 'connections';

export const connections: Phase = {
  id: 'F9',
  title: 'connections cut, hanging, slow, torn',
  seconds: 50,
  sights: [...new Set(ACTS)].map((act) => `${TOUCHED} ${act}`),
  goals: [],
  run: async (stage) => {
    const unknown = await grown(
      stage,
      [['commits unknown', 'windhover_executor_commits_total', 'answer="UNKNOWN"']],
      async () => {
        for (const act of stage.dice.shuffled(ACTS)) await disturb(stage, act);
      },
    );
    for (const [sight, count] of unknown) stage.account.saw(sight, count);
  },
};

async function disturb(stage: Stage, act: (typeof ACTS)[number]): Promise<void> {
  const { account, proxy, keys } = stage;
  account.injected++;
  const touched = (count: number) => account.saw(`${TOUCHED} ${act}`, count);
  switch (act) {
    case 'cut':
      touched(await proxy.tell({ kind: 'cut', share: 1 }));
      break;
    case 'hang':
      touched(await proxy.tell({ kind: 'hang', share: 0.6 }));
      // Nobody is told: who waits must find out by itself.
      await refusals(stage, HANG_MS);
      break;
    case 'tear':
      touched(await proxy.tell({ kind: 'tear', count: TORN }));
      await sleep(BETWEEN_MS);
      break;
    case 'slow':
      touched(await proxy.tell({ kind: 'slow', share: 0.5 }));
      await sleep(SLOW_FOR_MS);
      await proxy.tell({ kind: 'slow', share: 0 });
      break;
    case 'thrown out':
      touched(Number(await keys.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')));
      break;
  }
  await back(stage, performance.now());
  await sleep(BETWEEN_MS);
}
