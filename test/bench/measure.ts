/** One measurement of a floor or of Windhover: warm up, count for a window, then one execution after another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Cell, FLOWS, type Result } from './cells.ts';
import { cpuSeconds, machineCpuSeconds, monotonicMs, rounded } from './machine.ts';
import { startProduct } from './product.ts';
import { type Role, Stage } from './role.ts';

/**
 * A server's code is compiled while it runs, which costs a quarter of all within the first ten seconds and a tenth within the next;
 * behind them figures stand still. Floors and product alike.
 */
export const WARM_UP_MS = 20_000;
const FLOOR_ROLES = fileURLToPath(new URL('./floor-roles.ts', import.meta.url));
const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

interface Staged {
  readonly client: Role;
  /** Who counts task runs. */
  readonly counter: Role;
  /** Every process that takes part, by name. */
  readonly pids: Readonly<Record<string, number>>;
}

export const measureFloor = (cell: Cell, seconds: number): Promise<Result> =>
  measured(cell, seconds, async (stage) => {
    const redis = await stage.redis();
    const of = { ...cell, socket: redis.socket };
    const names = cell.flow ? ['executor', 'worker', 'client'] : ['worker', 'client'];
    const roles: Record<string, Role> = {};
    for (const name of names) roles[name] = await stage.role(FLOOR_ROLES, name, of);
    const pids = Object.fromEntries(Object.entries(roles).map(([name, { pid }]) => [name, pid]));
    return {
      client: roles.client!,
      counter: cell.flow ? roles.client! : roles.worker!,
      pids: { redis: redis.pid, ...pids },
    };
  });

export const measureProduct = (cell: Cell, seconds: number): Promise<Result> =>
  measured(cell, seconds, async (stage) => {
    const product = await startProduct(stage, {});
    const client = await stage.role(LOAD, 'client', { ...cell, url: product.url, token: product.token });
    return { client, counter: client, pids: { ...product.pids, client: client.pid } };
  });

async function measured(cell: Cell, seconds: number, prepare: (stage: Stage) => Promise<Staged>): Promise<Result> {
  const stage = new Stage();
  try {
    const { client, counter, pids } = await prepare(stage);
    const names = Object.keys(pids);
    const sample = async () => ({
      ms: monotonicMs(),
      taskRuns: await counter.ask<number>('count'),
      machine: machineCpuSeconds(),
      cpu: names.map((name) => cpuSeconds(pids[name]!)),
    });
    await client.ask('load');
    await sleep(WARM_UP_MS);
    const from = await sample();
    await sleep(seconds * 1_000);
    const to = await sample();
    const alone = await client.ask<Record<string, number>>('alone');
    const elapsed = (to.ms - from.ms) / 1_000;
    const taskRuns = to.taskRuns - from.taskRuns;
    const spent = names.map((_, n) => to.cpu[n]! - from.cpu[n]!);
    const total = spent.reduce((sum, one) => sum + one, 0);
    const micros = (seconds: number) => rounded((seconds * 1e6) / taskRuns);
    return {
      taskRunsPerSecond: Math.round(taskRuns / elapsed),
      ...(cell.flow && { executionsPerSecond: rounded(taskRuns / FLOWS[cell.flow].runs / elapsed) }),
      'cpuMicros.total': micros(total),
      ...Object.fromEntries(names.map((name, n) => [`cpuMicros.${name}`, micros(spent[n]!)])),
      ...alone,
      othersCores: rounded((to.machine - from.machine - total) / elapsed),
    };
  } finally {
    await stage.end();
  }
}
