/**
 * What the indexer costs: drains feeds that real commits filled (10 task runs an execution, each told three times) into a
 * file, and prints the CPU of this process per task run; then the repository's write alone.
 *
 *   node test/bench/indexer.ts [executions]
 */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildIndexer } from '../../actors/indexer/indexer.ts';
import type { Bus } from '../../lib/bus/bus.ts';
import { openRedisBus } from '../../lib/bus/redis/open.ts';
import { silentLog } from '../../lib/log.ts';
import { idOf } from '../../lib/model/ids.ts';
import { allPartitions, type Partition } from '../../lib/model/partition.ts';
import { versionOf } from '../../lib/model/version.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import { aCommit, aLease } from '../support/bus-parts.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/redis.ts';
import { aBatch, aHead, anExecution, aStart, aTaskRun, rowsOf } from '../support/rows.ts';

const TASK_RUNS = 10;
const PARTITIONS = 16;
const PER_COMMIT = 5;
const LOOK_MS = 50;
const executions = Number(process.argv[2] ?? 4_000);
const folder = mkdtempSync(join(tmpdir(), 'windhover-bench-'));
const id = () => idOf(randomBytes(16));
const output = { value: 'x'.repeat(100) };
const cost = async (work: () => Promise<unknown>) => {
  const [before, began] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(before);
  const perTaskRun = (us: number) => Number((us / executions / TASK_RUNS).toFixed(2));
  return { cpuUs: perTaskRun(user + system), wallUs: perTaskRun((performance.now() - began) * 1_000) };
};

const ids = Array.from({ length: executions }, id);
const runs = ids.map(() =>
  Array.from({ length: TASK_RUNS }, (_, n) => ({
    ...aTaskRun(id(), n, 'SUCCESS', output),
    attempts: [{ history: [['RUNNING', 1]] as const, workerId: id(), token: id() }],
  })),
);

async function fill(bus: Bus, partition: Partition, own: readonly number[]): Promise<void> {
  const lease = await aLease(bus, partition);
  let number = (await bus.feeds.newest([partition])).get(partition)! === versionOf(0, 0) ? 0 : -1;
  const commit = async (events: readonly (readonly [string, string])[]) =>
    void (await bus.ownership.commit(lease, aCommit(number++, { events })));
  for (let from = 0; from < own.length; from += PER_COMMIT) {
    const some = own.slice(from, from + PER_COMMIT);
    await commit(
      some.map((n) => [ids[n]!, JSON.stringify({ start: aStart(ids[n]!), head: aHead(['CREATED', 'RUNNING']) })]),
    );
    for (let n = 0; n < TASK_RUNS; n++)
      for (let told = 0; told < 3; told++)
        await commit(some.map((e) => [ids[e]!, JSON.stringify({ taskRuns: [runs[e]![n]] })]));
    await commit(some.map((n) => [ids[n]!, JSON.stringify({ head: aHead(['CREATED', 'RUNNING', 'SUCCESS']) })]));
  }
}

const redis = await startRedis();
const bus = await openRedisBus({ url: redis.url, partitions: PARTITIONS, log: silentLog });
const repository = openSqlRepository({ file: join(folder, 'a.db'), log: silentLog });
await repository.open();
await Promise.all(
  Array.from({ length: PARTITIONS }, (_, p) =>
    fill(
      bus,
      `x:${p}`,
      ids.flatMap((_, n) => (n % PARTITIONS === p ? [n] : [])),
    ),
  ),
);
const indexer = buildIndexer({ bus, repository, retentionMs: 0, log: silentLog });
const newest = await bus.feeds.newest(allPartitions('x', PARTITIONS));
const ended = async () => {
  await sleep(LOOK_MS);
  const cursors = await repository.cursors();
  return [...newest].every(([partition, version]) => cursors.get(`feed:${partition}`) === version);
};
const drained = await cost(async () => {
  await indexer.start();
  await eventually(ended, 120_000);
});
await indexer.stop(5_000);
console.log('indexer, drain of a backlog', drained, 'per task run');

const other = openSqlRepository({ file: join(folder, 'b.db'), log: silentLog });
await other.open();
const rows = ids.map((execution, n) => anExecution(execution, n + 1, { taskRuns: rowsOf(...runs[n]!) }));
const written = await cost(async () => {
  for (let from = 0; from < rows.length; from += 200)
    await other.write(aBatch({ executions: rows.slice(from, from + 200) }));
});
console.log('repository.write', written, 'per task run');
await Promise.all([repository.close(), other.close(), bus.close()]);
await redis.stop();
rmSync(folder, { recursive: true });
