/**
 * F8: a power loss: Redis dies, and the end of its file with it. What was acknowledged before is there; what is there is whole. The
 * second time the proxy keeps everybody's connections: nobody sees that Redis was away, and only the number tells owners that it
 * knows less than they do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase, Stage } from './phase.ts';
import { back } from './redis-killed.ts';

const LEAST_BYTES = 4 * 1024;
const MOST_BYTES = 256 * 1024;
const AWAY_MS = 1_000;
/** Shorter than what is left of a lease. */
const UNSEEN_MS = 300;
const UNSEEN_TRIES = 3;
const BETWEEN_MS = 8_000;
const CLOCK_LATE_MS = 100;
const CUT = 'ms of history cut off';
const NOTICED = 'owners that noticed it by the number';

export const tailCut: Phase = {
  id: 'F8',
  title: 'the end of the file cut off',
  seconds: 30,
  shortSeconds: 30,
  // Whether the number or a lease that ended tells it first is the machine's: both are told, the cut alone must be seen.
  sights: [CUT],
  goals: [],
  run: async (stage) => {
    await seen(stage);
    await sleep(BETWEEN_MS);
    const fromMs = Date.now();
    const noticed = () => stage.deeds.answered('commit', 'ROLLED_BACK', fromMs);
    // On a busy machine Redis may be away for longer than the leases last: then it is not the number that tells.
    for (let n = 0; n < UNSEEN_TRIES && noticed() === 0; n++) {
      await unseen(stage);
      await sleep(BETWEEN_MS);
    }
    stage.account.saw(NOTICED, noticed());
  },
};

async function seen(stage: Stage): Promise<void> {
  const killedMs = await cutOff(stage);
  await sleep(AWAY_MS);
  const fromMs = await comeBack(stage, killedMs);
  stage.cuts.push({ fromMs, untilMs: killedMs + AWAY_MS / 2 });
  await back(stage, performance.now());
}

async function unseen(stage: Stage): Promise<void> {
  const { keys, proxy, redis } = stage;
  await proxy.tell({ kind: 'part' });
  const killedMs = await cutOff(stage);
  const fromMs = await comeBack(stage, killedMs);
  // Whoever had an answer before has written it down by now.
  await sleep(UNSEEN_MS);
  const numbers = new Map(Array.from(await keys.owners(), ([partition, { number }]) => [partition, number]));
  stage.cuts.push({ fromMs, untilMs: Date.now(), numbers });
  await proxy.tell({ kind: 'lead', port: redis.port });
  await back(stage, performance.now());
}

async function cutOff({ account, dice, redis }: Stage): Promise<number> {
  await redis.kill();
  account.injected++;
  account.saw('bytes cut off', redis.cutTail(LEAST_BYTES + dice.below(MOST_BYTES - LEAST_BYTES)));
  return Date.now();
}

/** Until when the data reach, less what the clock may be late by. */
async function comeBack({ account, feeds, keys, redis }: Stage, killedMs: number): Promise<number> {
  await redis.start();
  await keys.connected();
  const fromMs = await keys.clock();
  feeds.forget();
  account.saw(CUT, Math.max(0, killedMs - fromMs));
  return fromMs - CLOCK_LATE_MS;
}
