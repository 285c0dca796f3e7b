/** F1: one executor of three is killed every four seconds; most of them aimed, in the middle of a commit or of handing out. */
import type { Site } from '../build/sites.ts';
import type { Phase, Stage } from './phase.ts';
import { each, executorsOf, grown, measured, until } from './waiting.ts';

const EVERY_MS = 4_000;
const BITE_MS = 3_000;
/** Every so many is not aimed. */
const PLAIN = 4;
const AIMS: readonly Site[] = [
  'begin.before',
  'commit.before',
  'commit.after',
  'relay.before',
  'relay.after',
  'timer.after',
  'lease.before',
];
const OWNED = 'partitions owned again';
const MOVES = 'leases moved';

export const executorsKilled: Phase = {
  id: 'F1',
  title: 'executors killed',
  seconds: 35,
  shortSeconds: 14,
  sights: [MOVES],
  goals: [{ recovery: OWNED, share: 0.99, ms: 4_000 }],
  run: async (stage) => {
    const seen = await grown(stage, [[MOVES, 'windhover_executor_lease_moves_total']], () => kill(stage));
    for (const [sight, count] of seen) stage.account.saw(sight, count);
  },
};

async function kill(stage: Stage): Promise<void> {
  const { account, dice, house } = stage;
  const aims = dice.shuffled(AIMS);
  await each(EVERY_MS, stage.seconds * 1_000, async (n) => {
    await house.whole();
    const residents = house.of('executor');
    const victim = residents[n % residents.length]!;
    const aim = n % PLAIN === PLAIN - 1 ? undefined : aims.shift();
    if (aim !== undefined) {
      victim.arm({ site: aim, act: 'kill', times: 1 });
      if ((await until(() => !victim.alive, BITE_MS)) !== undefined) account.saw(`aimed at ${aim}`);
    }
    if (victim.alive) await house.kill(victim);
    account.injected++;
    const fromMs = performance.now();
    await measured(stage, OWNED, async () => (await stage.keys.orphans(await executorsOf(stage))) === 0, fromMs);
  });
}
