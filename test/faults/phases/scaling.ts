/** F18: executors and workers from one to four and back, by their own leave: partitions are handed over. */
import type { Phase, Stage } from './phase.ts';
import { executorsOf, grown, measured } from './waiting.ts';

const COUNTS = [1, 4, 1, 3] as const;
const WORKERS = 2;
const OWNED = 'partitions owned after a change';
const MOVES = 'leases moved';

export const scaling: Phase = {
  id: 'F18',
  title: 'from one to four and back',
  seconds: 45,
  sights: [MOVES],
  goals: [{ recovery: OWNED, share: 1, ms: 4_000 }],
  run: async (stage) => {
    const seen = await grown(stage, [[MOVES, 'windhover_executor_lease_moves_total']], async () => {
      for (const count of COUNTS) {
        await scale(stage, 'executor', count);
        await scale(stage, 'worker', count);
      }
      await scale(stage, 'worker', WORKERS);
    });
    for (const [sight, count] of seen) stage.account.saw(sight, count);
  },
};

async function scale(stage: Stage, role: 'executor' | 'worker', count: number): Promise<void> {
  const { account, house, keys } = stage;
  while (house.of(role).length < count) {
    await house.add(role);
    account.injected++;
  }
  for (const resident of house.of(role).slice(count)) {
    await house.retire(resident);
    account.injected++;
    if (role === 'executor')
      await measured(stage, OWNED, async () => (await keys.orphans(await executorsOf(stage))) === 0);
  }
}
