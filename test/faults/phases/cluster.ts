/**
 * Three masters run the workload for a minute. One hands over to its replica in good order, one is killed and its replica takes its
 * place. No call names two slots; no server has to be started anew.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisCluster } from '../rig/cluster.ts';
import type { Phase, Stage } from './phase.ts';
import { back } from './redis-killed.ts';
import { until } from './waiting.ts';

/** What is left alone before, between and after. */
const STEADY_MS = 15_000;
const BEHIND_MS = 1_000;
const CHOSEN_MS = 30_000;
const HANDED = 'masters that handed over';
const KILLED = 'masters killed and replaced';
const SPREAD = 'masters with keys of ours';
/** What a server says that has named two slots in a call, or is sent to and fro. */
const ASTRAY = /CROSSSLOT|Too many Cluster redirections|non local key/;

export const clusterFailsOver: Phase = {
  id: 'cluster',
  title: 'three masters, two of them fail over',
  seconds: 70,
  sights: [HANDED, KILLED, SPREAD],
  goals: [{ recovery: 'whole loop back', share: 1, ms: 6_000 }],
  ground: 'cluster',
  run: async (stage) => {
    const cluster = stage.ground.cluster!;
    const before = stage.house.all.map(({ pid }) => pid);
    await sleep(STEADY_MS);
    await countMasters(stage, cluster);
    await handOver(stage, cluster);
    await sleep(STEADY_MS);
    await killOne(stage, cluster);
    await sleep(STEADY_MS);
    const living = new Set(stage.house.all.map(({ pid }) => pid));
    for (const pid of before)
      if (!living.has(pid)) stage.account.broke('processes', `process ${pid} did not live through it`);
    for (const said of astray(stage.folder)) stage.account.broke('one slot a call', said);
  },
};

async function countMasters({ account }: Stage, cluster: RedisCluster): Promise<void> {
  for (const master of await cluster.masters())
    if (Number(await cluster.ask(master, 'DBSIZE')) > 0) account.saw(SPREAD);
}

async function handOver(stage: Stage, cluster: RedisCluster): Promise<void> {
  const { account, dice } = stage;
  const master = dice.shuffled(await cluster.masters())[0]!;
  const replica = (await cluster.replicaOf(master))!;
  account.injected++;
  // Nothing is lost: the master waits until its replica has everything.
  await cluster.ask(replica, 'CLUSTER', 'FAILOVER');
  await taken(stage, cluster, replica.process.port, HANDED);
}

async function killOne(stage: Stage, cluster: RedisCluster): Promise<void> {
  const { account, cuts, dice, feeds } = stage;
  const master = dice.shuffled(await cluster.masters())[0]!;
  const replica = (await cluster.replicaOf(master))!;
  const fromMs = Date.now() - BEHIND_MS;
  await master.process.kill();
  account.injected++;
  cuts.push({ fromMs, untilMs: Date.now() });
  await taken(stage, cluster, replica.process.port, KILLED);
  feeds.forget();
  await master.process.start();
  await cluster.whole();
}

async function taken(stage: Stage, cluster: RedisCluster, port: number, sight: string): Promise<void> {
  const { account } = stage;
  const tookMs = await until(
    async () => (await cluster.masters()).some(({ process }) => process.port === port),
    CHOSEN_MS,
  );
  if (tookMs === undefined) throw new Error(`expected the replica on port ${port} to be a master in ${CHOSEN_MS} ms`);
  account.saw(sight);
  account.recovered('another master chosen', Math.round(tookMs));
  await back(stage, performance.now());
}

/** Lines of logs, of servers and of Redis. */
function astray(folder: string): readonly string[] {
  const logs = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => file.endsWith('.log') && statSync(file).isFile());
  return logs.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => ASTRAY.test(line))
      .slice(0, 3)
      .map((line) => `${file}: ${line.slice(0, 300)}`),
  );
}
