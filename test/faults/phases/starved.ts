/** F20: others take the CPU: nobody is declared dead who only waits for his turn. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from './phase.ts';
import { grown } from './waiting.ts';

const TOLD_MS = 8_000;
const FOR_MS = 20_000;
const TIMES_CORES = 2;
const LOST_MAX = 2;
/** Each is a partition. */
const MOVES_MAX = 3;
const SPIN = 'for (;;);';

export const starved: Phase = {
  id: 'F20',
  title: 'CPU starvation',
  seconds: 33,
  sights: [],
  goals: [
    { recovery: 'workers declared lost', share: 1, ms: LOST_MAX },
    { recovery: 'leases moved', share: 1, ms: MOVES_MAX },
  ],
  run: async (stage) => {
    const { account } = stage;
    // What died with earlier phases is told by then.
    await sleep(TOLD_MS);
    const count = TIMES_CORES * availableParallelism();
    const seen = await grown(
      stage,
      [
        ['workers declared lost', 'windhover_executor_workers_lost_total'],
        ['leases moved', 'windhover_executor_lease_moves_total'],
      ],
      async () => {
        const spinners = Array.from({ length: count }, () =>
          spawn(process.execPath, ['-e', SPIN], { stdio: 'ignore' }),
        );
        account.injected += spinners.length;
        await sleep(FOR_MS);
        await Promise.all(spinners.map(ended));
      },
    );
    for (const [what, times] of seen) account.recovered(what, times);
  },
};

async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
