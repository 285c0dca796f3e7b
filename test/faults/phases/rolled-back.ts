/**
 * Roll-back: Redis dies, and a replica that is a second behind takes its place. What was acknowledged in that second is gone, for
 * everybody at once: owners drop what they hold, answers come again, ticks are done again, the repository follows. Half of the times nobody's connection
 * breaks: only the answers of commits tell, by the number, or by a lease that had ended in what the replica knew.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { NAMESPACE } from '../load/kinds.ts';
import { CLOCK } from '../rig/keyspace.ts';
import { RedisProxy } from '../rig/proxy.ts';
import { asked, freePort, RedisProcess } from '../rig/redis-process.ts';
import type { Phase, Stage } from './phase.ts';
import { back } from './redis-killed.ts';
import { tickSource } from './schedules.ts';
import { grown, until } from './waiting.ts';

const TIMES = 4;
const SCHEDULES = 3;
/** A schedule begins, or its last tick has come. */
const SCHEDULED_MS = 3_000;
const LEAST_BEHIND_MS = 500;
const MOST_BEHIND_MS = 1_500;
/** Between the end of the old one and the beginning of the new one. */
const AWAY_MS = 1_000;
/** Whoever had an answer of the old one has written it down by then. */
const UNSEEN_MS = 300;
const IN_STEP_MS = 2_000;
const BETWEEN_MS = 6_000;
const CLOCK_LATE_MS = 100;
const LOST = 'ms of history lost';
const NOTICED = 'commits of owners that knew more, refused';
const HEALED = 'partitions that the indexer read anew';

export const rolledBack: Phase = {
  id: 'rollback',
  title: 'a replica that is behind takes over',
  seconds: 70,
  // An owner whose commit was under way then has no answer, and drops what it holds for that: refusals are told, not asked for.
  sights: [LOST, HEALED],
  goals: [{ recovery: 'whole loop back', share: 1, ms: 6_000 }],
  ground: 'single',
  run: async (stage) => {
    const fromMs = Date.now();
    const seen = await grown(stage, [[HEALED, 'windhover_indexer_healed_total']], () =>
      ticking(stage, async () => {
        for (let n = 0; n < TIMES; n++) {
          await failOver(stage, n % 2 === 1);
          await sleep(BETWEEN_MS);
        }
      }),
    );
    for (const [sight, count] of seen) stage.account.saw(sight, count);
    for (const answer of ['ROLLED_BACK', 'FENCED'])
      stage.account.saw(NOTICED, stage.deeds.answered('commit', answer, fromMs));
  },
};

/** Some schedules are due each second meanwhile: what was cut off of them is done again, once. */
async function ticking({ account, client, ledger, ticks }: Stage, act: () => Promise<void>): Promise<void> {
  const flows = Array.from({ length: SCHEDULES }, (_, n) => `behind-${account.fromMs}-${n}`);
  for (const name of flows) await client.save(tickSource(name, ledger.path));
  await sleep(SCHEDULED_MS);
  const fromMs = Math.ceil(Date.now() / 1_000) * 1_000;
  await act();
  ticks.push({ flows, fromMs, untilMs: Math.floor(Date.now() / 1_000) * 1_000 });
  await sleep(SCHEDULED_MS);
  for (const name of flows) await client.remove(`/flows/${NAMESPACE}/${name}`);
}

async function failOver(stage: Stage, unseen: boolean): Promise<void> {
  const { account, dice, folder, ground, proxy } = stage;
  const link = await RedisProxy.open(await freePort(), ground.redis.port);
  const own = await freePort();
  const replica = new RedisProcess(own, join(folder, `redis-${own}`), { master: link.port });
  try {
    await inStep(stage, replica);
    await sleep(IN_STEP_MS);
    await link.tell({ kind: 'hang', share: 1 });
    await sleep(LEAST_BEHIND_MS + dice.below(MOST_BEHIND_MS - LEAST_BEHIND_MS));
    if (unseen) await proxy.tell({ kind: 'part' });
    await ground.redis.kill();
    account.injected++;
    const killedMs = Date.now();
    await sleep(unseen ? UNSEEN_MS : AWAY_MS);
    await takeOver(stage, replica, { killedMs, unseen });
  } finally {
    await link.close();
    if (ground.redis !== replica) await replica.kill();
  }
  await back(stage, performance.now());
}

/** Starts a replica, until it has all that its master has. */
async function inStep({ keys }: Stage, replica: RedisProcess): Promise<void> {
  await (keys.redis as Redis).config('SET', 'repl-diskless-sync-delay', '0');
  await replica.start();
  const tookMs = await until(async () =>
    (await asked(replica.port, (client) => client.info('replication'))).includes('master_link_status:up'),
  );
  if (tookMs === undefined) throw new Error(`expected the replica to be in step: see ${replica.folder}`);
}

async function takeOver(
  { account, cuts, feeds, ground, keys, proxy }: Stage,
  replica: RedisProcess,
  { killedMs, unseen }: { readonly killedMs: number; readonly unseen: boolean },
): Promise<void> {
  await replica.promote();
  // Before the oracle goes on with it.
  const knownMs = Number(await asked(replica.port, (client) => client.get(CLOCK)));
  ground.moved(replica);
  await keys.connected();
  const numbers = new Map(Array.from(await keys.owners(), ([partition, { number }]) => [partition, number]));
  const fromMs = knownMs - CLOCK_LATE_MS;
  if (unseen) cuts.push({ fromMs, untilMs: Date.now(), numbers });
  else cuts.push({ fromMs, untilMs: killedMs + AWAY_MS / 2 });
  account.saw(LOST, killedMs - knownMs);
  feeds.forget();
  await proxy.tell({ kind: 'lead', port: replica.port });
}
