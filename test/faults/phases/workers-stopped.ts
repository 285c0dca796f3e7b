/**
 * F4: workers are stopped for longer than their claims last, in the middle of a task and just before an answer, and woken. Who is
 * stopped before an answer is woken just when another worker has begun the same task: his answer comes in the middle of it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AIMED_STOP_MS } from '../build/plugin.ts';
import type { Phase, Stage } from './phase.ts';
import { grown, until } from './waiting.ts';

const TIMES = 2;
const BITE_MS = 8_000;
const AFTER_MS = 3_000;
/** Until another worker has begun the task. */
const ELSEWHERE_MS = 25_000;
const LOST = 'workers lost';
const LATE = 'late answers';

export const workersStopped: Phase = {
  id: 'F4',
  title: 'workers stopped and woken',
  seconds: 60,
  sights: [LOST, LATE],
  goals: [],
  run: async (stage) => {
    const seen = await grown(
      stage,
      [
        [LOST, 'windhover_executor_workers_lost_total'],
        [LATE, 'windhover_executor_late_answers_total'],
        ['claims revoked', 'windhover_worker_claims_revoked_total'],
      ],
      async () => {
        for (let n = 0; n < TIMES; n++) {
          await stopInTheMiddle(stage);
          await stopBeforeTheAnswer(stage);
        }
      },
    );
    for (const [sight, count] of seen) stage.account.saw(sight, count);
  },
};

async function stopInTheMiddle(stage: Stage): Promise<void> {
  const { folder, house } = stage;
  await house.whole();
  const bites = house.bites.length;
  writeFileSync(join(folder, 'effect.stop'), '');
  if ((await until(() => house.bites.length > bites, BITE_MS)) === undefined) return;
  bitten(stage, 'effect.after');
  await sleep(AIMED_STOP_MS + AFTER_MS);
}

async function stopBeforeTheAnswer(stage: Stage): Promise<void> {
  const { house, ledger, load } = stage;
  await house.whole();
  const workers = house.of('worker');
  const [asked] = await load.askMany(load.kind('long'), 1);
  const about = asked!.id;
  const bites = house.bites.length;
  for (const worker of workers) worker.arm({ site: 'answer.before', act: 'stop', times: 1, ms: ELSEWHERE_MS, about });
  const bite = await until(() => house.bites.length > bites, BITE_MS);
  for (const worker of workers) worker.arm({ site: 'answer.before', act: 'stop', times: 0 });
  if (bite === undefined) return;
  bitten(stage, 'answer.before');
  const begins = () => ledger.read().filter(({ what, execution }) => what === 'begin' && execution === about).length;
  await until(() => begins() > 1, ELSEWHERE_MS);
  house.wake(house.bites.at(-1)!.pid);
  await sleep(AFTER_MS);
}

function bitten({ account }: Stage, site: string): void {
  account.injected++;
  account.saw(`aimed at ${site}`);
}
