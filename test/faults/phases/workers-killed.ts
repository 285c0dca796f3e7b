/** F3: one worker of two is killed every three seconds, some of them aimed: after a claim, after an effect, before an answer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../build/sites.ts';
import type { Phase, Stage } from './phase.ts';
import { each, grown, until } from './waiting.ts';

const EVERY_MS = 3_000;
const BITE_MS = 2_000;
const AIMS: readonly Site[] = ['claim.after', 'effect.after', 'answer.before'];
const LOST = 'workers lost';

export const workersKilled: Phase = {
  id: 'F3',
  title: 'workers killed',
  seconds: 30,
  shortSeconds: 12,
  sights: [LOST],
  // How long it takes until a dead worker's task begins again is read from the ledger at the end.
  goals: [
    { recovery: 'begun again', share: 0.95, ms: 8_000 },
    { recovery: 'begun again', share: 1, ms: 12_000 },
  ],
  run: async (stage) => {
    const seen = await grown(stage, [[LOST, 'windhover_executor_workers_lost_total']], async () => {
      await kill(stage);
      await until(() => stage.counters.sum('windhover_executor_workers_lost_total') > 0, 8_000);
    });
    for (const [sight, count] of seen) stage.account.saw(sight, count);
  },
};

async function kill(stage: Stage): Promise<void> {
  const { account, dice, folder, house } = stage;
  await each(EVERY_MS, stage.seconds * 1_000, async (n) => {
    await house.whole();
    const residents = house.of('worker');
    const victim = residents[n % residents.length]!;
    const aim = n % 2 === 1 ? AIMS[dice.below(AIMS.length)]! : undefined;
    const bites = house.bites.length;
    if (aim === 'effect.after') writeFileSync(join(folder, 'effect.kill'), '');
    else if (aim !== undefined) victim.arm({ site: aim, act: 'kill', times: 1 });
    if (aim !== undefined && (await until(() => house.bites.length > bites, BITE_MS)) !== undefined)
      account.saw(`aimed at ${aim}`);
    else if (victim.alive) await house.kill(victim);
    account.injected++;
  });
}
