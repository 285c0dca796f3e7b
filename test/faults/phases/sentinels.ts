/**
 * Sentinels choose another master: in good order, because the old one died, because it stood still and came back later. Servers and
 * oracle follow by themselves; what the old one had not handed on is lost, and nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisProcess } from '../rig/redis-process.ts';
import type { RedisSentinels } from '../rig/sentinels.ts';
import type { Phase, Stage } from './phase.ts';
import { back } from './redis-killed.ts';
import { until } from './waiting.ts';

const ACTS = ['in good order', 'killed', 'standing still'] as const;
/** Longer than sentinels wait for it. */
const STILL_MS = 8_000;
/** A replica on the same machine is less behind than that. */
const BEHIND_MS = 1_000;
/** By then everybody has left the old one. */
const FOLLOW_MS = 1_000;
const CHOSEN_MS = 30_000;
const BETWEEN_MS = 4_000;

export const sentinelsChoose: Phase = {
  id: 'sentinel',
  title: 'sentinels choose another master',
  seconds: 70,
  sights: ACTS.map((act) => `master gone, ${act}`),
  goals: [{ recovery: 'whole loop back', share: 1, ms: 6_000 }],
  ground: 'sentinel',
  run: async (stage) => {
    const sentinels = stage.ground.sentinels!;
    for (const act of stage.dice.shuffled(ACTS)) {
      await sentinels.agreed();
      await failOver(stage, sentinels, act);
      await sleep(BETWEEN_MS);
    }
  },
};

async function failOver(stage: Stage, sentinels: RedisSentinels, act: (typeof ACTS)[number]): Promise<void> {
  const { account, cuts, feeds, ground } = stage;
  const old = await sentinels.master();
  const fromMs = Date.now() - BEHIND_MS;
  account.injected++;
  const healed = await unseat(sentinels, old, act);
  const gone = await until(async () => (await sentinels.master()) !== old, CHOSEN_MS);
  if (gone === undefined) throw new Error(`expected the sentinels to choose another master within ${CHOSEN_MS} ms`);
  account.saw(`master gone, ${act}`);
  account.recovered('another master chosen', Math.round(gone));
  await ground.chosen();
  // Until everybody has heard of it some are with the old one.
  cuts.push({ fromMs, untilMs: Date.now() + FOLLOW_MS, hazy: true });
  await back(stage, performance.now());
  feeds.forget();
  await healed();
}

/** What brings the old one back as a replica. */
async function unseat(
  sentinels: RedisSentinels,
  old: RedisProcess,
  act: (typeof ACTS)[number],
): Promise<() => Promise<void>> {
  switch (act) {
    case 'in good order':
      await sentinels.swap();
      return async () => {};
    case 'killed':
      await old.kill();
      return () => old.start();
    case 'standing still': {
      process.kill(old.pid, 'SIGSTOP');
      const woken = sleep(STILL_MS).then(() => void process.kill(old.pid, 'SIGCONT'));
      return () => woken;
    }
  }
}
