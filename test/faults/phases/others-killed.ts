/** FI: the webserver is killed after a start was taken and before it was told; the indexer between what it wrote and what it says of it. */
import type { Site } from '../build/sites.ts';
import type { Role } from '../rig/house.ts';
import type { Phase } from './phase.ts';
import { until } from './waiting.ts';

const TIMES = 3;
const BITE_MS = 5_000;
const AIMS: readonly (readonly [Role, Site])[] = [
  ['webserver', 'start.after'],
  ['indexer', 'index.after'],
];

export const othersKilled: Phase = {
  id: 'FI',
  title: 'webserver and indexer killed',
  seconds: 30,
  shortSeconds: 20,
  sights: AIMS.map(([, site]) => `killed at ${site}`),
  goals: [],
  run: async ({ account, house }) => {
    for (let n = 0; n < TIMES; n++)
      for (const [role, site] of AIMS) {
        await house.whole();
        const bites = house.bites.length;
        house.of(role)[0]!.arm({ site, act: 'kill', times: 1 });
        if ((await until(() => house.bites.length > bites, BITE_MS)) === undefined) continue;
        account.injected++;
        account.saw(`killed at ${site}`);
      }
    await house.whole();
  },
};
