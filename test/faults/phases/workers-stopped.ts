/** F4: workers are stopped for longer than their claims last, in the middle of a task and just before an answer, and woken. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AIMED_STOP_MS } from '../build/plugin.ts';
import type { Phase, Stage } from './phase.ts';
import { grown, until } from './waiting.ts';

const BITE_MS = 5_000;
const AFTER_MS = 3_000;
const LOST = 'workers lost';

export const workersStopped: Phase = {
  id: 'F4',
  title: 'workers stopped and woken',
  seconds: 55,
  sights: [LOST],
  goals: [],
  run: async (stage) => {
    const seen = await grown(
      stage,
      [
        [LOST, 'windhover_executor_workers_lost_total'],
        ['late answers', 'windhover_executor_late_answers_total'],
        ['claims revoked', 'windhover_worker_claims_revoked_total'],
      ],
      () => stop(stage),
    );
    for (const [sight, count] of seen) stage.account.saw(sight, count);
  },
};

async function stop(stage: Stage): Promise<void> {
  const { account, folder, house } = stage;
  for (const site of ['effect.after', 'answer.before', 'effect.after', 'answer.before'] as const) {
    await house.whole();
    const bites = house.bites.length;
    if (site === 'effect.after') writeFileSync(join(folder, 'effect.stop'), '');
    else house.of('worker')[0]!.arm({ site, act: 'stop', times: 1, ms: AIMED_STOP_MS });
    if ((await until(() => house.bites.length > bites, BITE_MS)) === undefined) continue;
    account.injected++;
    account.saw(`aimed at ${site}`);
    await sleep(AIMED_STOP_MS + AFTER_MS);
  }
}
