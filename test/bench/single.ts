/** Measurements that have no floor of the same shape: B1 (low load), BIG, SLEEP, IDLE. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Result } from './cells.ts';
import { cpuSeconds, familyOf, monotonicMs, pssMiB, rounded } from './machine.ts';
import { WARM_UP_MS } from './measure.ts';
import { type Product, startProduct } from './product.ts';
import { type Role, Stage } from './role.ts';

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));
const IDLE_MS = 30_000;
/** In flight while B1 is warmed up; then there is one at a time. */
const LIGHT_WINDOW = 20;
const BIG_MEASURED = 5;
const BIG_TASK_RUNS = 10_002;

async function staged<T>(
  options: Parameters<typeof startProduct>[1],
  source: string,
  measure: (product: Product, client: Role) => Promise<T>,
): Promise<T> {
  const stage = new Stage();
  try {
    const product = await startProduct(stage, options);
    const client = await stage.role(LOAD, 'client', {
      ...{ source, window: LIGHT_WINDOW },
      ...{ url: product.url, token: product.token },
    });
    return await measure(product, client);
  } finally {
    await stage.end('SIGTERM');
  }
}

/** B1: two light tasks, one execution after another. Warmed by load, as its floor is. */
export const measureLight = (): Promise<Result> =>
  staged({}, 'b1', async (_, client) => {
    await client.ask('load');
    await sleep(WARM_UP_MS);
    return client.ask<Record<string, number>>('alone');
  });

/** BIG: one ForEach of 10,000 whose body reads an output; CPU of all processes a task run, over five in a row. */
export const measureBig = (): Promise<Result> =>
  staged({}, 'big', async ({ pids }, client) => {
    // As long as the others are: a server's code is compiled while it runs.
    for (const untilMs = monotonicMs() + WARM_UP_MS; monotonicMs() < untilMs; ) await client.ask('one');
    await sleep(1_000);
    const processes = [...Object.values(pids), client.pid];
    const total = () => processes.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const from = total();
    let ms = 0;
    for (let n = 0; n < BIG_MEASURED; n++) ms += await client.ask<number>('one');
    await sleep(1_000); // The indexer is behind by a batch: its work belongs to the figure.
    const seconds = ms / 1_000 / BIG_MEASURED;
    return {
      seconds: rounded(seconds),
      taskRunsPerSecond: Math.round(BIG_TASK_RUNS / seconds),
      'cpuMicros.total': rounded(((total() - from) * 1e6) / BIG_TASK_RUNS / BIG_MEASURED),
    };
  });

/** SLEEP: a hundred executions of one second on 4 workers with 25 threads each. */
export const measureSleep = (): Promise<Result> =>
  staged({ threads: 25, workers: 4 }, 'sleep', async (_, client) => {
    await sleep(10_000); // Threads that were asked for are warmed after the start.
    await client.ask('hundred');
    return { seconds: rounded((await client.ask<number>('hundred')) / 1_000) };
  });

/** IDLE: what standalone and all it started hold and spend when nothing happens. */
export async function measureIdle(): Promise<Result> {
  const stage = new Stage();
  try {
    const { pids } = await startProduct(stage, { standalone: true });
    await sleep(IDLE_MS);
    const family = familyOf(pids.standalone!);
    const cpu = () => family.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const [from, pss] = [cpu(), family.map(pssMiB)];
    await sleep(IDLE_MS);
    return {
      'pssMiB.standalone': rounded(pss.reduce((sum, one) => sum + one, 0)),
      'cpuPercent.standalone': rounded(((cpu() - from) / (IDLE_MS / 1_000)) * 100),
    };
  } finally {
    await stage.end('SIGTERM');
  }
}
