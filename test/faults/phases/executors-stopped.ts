/**
 * F2: executors are stopped in the middle of their work and woken when others have their partitions. One is stopped just before a
 * commit leaves; those that take over are stopped for a moment before their own first commit, so that the old one wakes in
 * between: nothing but the lease keeps it from writing then.
 */
import type { Site } from '../build/sites.ts';
import type { Phase, Stage } from './phase.ts';
import { each, until } from './waiting.ts';

const EVERY_MS = 10_000;
const BITE_MS = 6_000;
const STOP_MS = 4_200;
/** From about when the lease of who is stopped has ended until after it has been woken. */
const HEIR_STOP_MS = 2_300;
const AIMS: readonly Site[] = ['commit.before', 'commit.before', 'relay.before', 'lease.before'];
/** Until who was stopped last has tried to go on. */
const WOKEN_MS = 10_000;
const REFUSED = 'commits refused';

export const executorsStopped: Phase = {
  id: 'F2',
  title: 'executors stopped and woken',
  seconds: 40,
  shortSeconds: 20,
  sights: [REFUSED],
  goals: [],
  run: async (stage) => {
    const { account, deeds } = stage;
    const refused = () => deeds.answered('commit', 'FENCED', account.fromMs);
    await stop(stage);
    await until(() => refused() > 0, WOKEN_MS);
    account.saw(REFUSED, refused());
  },
};

async function stop(stage: Stage): Promise<void> {
  const { account, house } = stage;
  await each(EVERY_MS, stage.seconds * 1_000, async (n) => {
    await house.whole();
    const residents = house.of('executor');
    const victim = residents[n % residents.length]!;
    const bites = house.bites.length;
    const site = AIMS[n % AIMS.length]!;
    victim.arm({ site, act: 'stop', times: 1, ms: STOP_MS });
    const bite = await until(() => house.bites.length > bites, BITE_MS);
    victim.arm({ site, act: 'stop', times: 0 });
    if (bite === undefined) return;
    account.injected++;
    account.saw(`aimed at ${site}`);
    for (const heir of residents)
      if (heir !== victim) heir.arm({ site: 'first.before', act: 'stop', times: 1, ms: HEIR_STOP_MS });
  });
  for (const resident of house.of('executor')) resident.arm({ site: 'first.before', act: 'stop', times: 0 });
}
