/** FQ: parcels vanish in the queue (a failover of its slot, somebody empties it): what nobody has is handed out again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from './phase.ts';
import { grown, until } from './waiting.ts';

const EACH = 4;
const BITE_MS = 5_000;
/** Not claimed for thirty seconds: the queue is asked. */
const AGAIN_MS = 45_000;
const AGAIN = 'handed out again';

export const parcelsLost: Phase = {
  id: 'FQ',
  title: 'parcels lost by the queue',
  seconds: 50,
  sights: [AGAIN],
  goals: [],
  run: async (stage) => {
    const { account, counters, house } = stage;
    const seen = await grown(stage, [[AGAIN, 'windhover_executor_reoffers_total']], async () => {
      const bites = house.bites.length;
      const before = counters.sum('windhover_executor_reoffers_total');
      for (const resident of house.of('executor')) resident.arm({ site: 'relay.before', act: 'lose', times: EACH });
      await until(() => house.bites.length - bites >= EACH * house.of('executor').length, BITE_MS);
      account.injected += house.bites.length - bites;
      await until(() => counters.sum('windhover_executor_reoffers_total') > before, AGAIN_MS);
      await sleep(2_000);
    });
    for (const [sight, count] of seen) account.saw(sight, count);
  },
};
