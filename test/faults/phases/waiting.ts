/** Waiting and measuring, as phases do it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './phase.ts';

const LOOK_MS = 25;
const GIVE_UP_MS = 60_000;
const LEAST = 2;

/** How long it took until it was so, ms; undefined where it never was. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs = GIVE_UP_MS,
): Promise<number | undefined> {
  const fromMs = performance.now();
  while (performance.now() - fromMs < withinMs) {
    // Who cannot answer now is asked again.
    if (await Promise.resolve(isSo()).catch(() => false)) return performance.now() - fromMs;
    await sleep(LOOK_MS);
  }
  return undefined;
}

/** Writes down how long it took, or that it never came. */
export async function measured(
  { account }: Stage,
  recovery: string,
  isSo: () => boolean | Promise<boolean>,
  fromMs = performance.now(),
): Promise<void> {
  const waitMs = await until(isSo);
  if (waitMs === undefined) account.broke('recovery', `${account.id}: not ${recovery} within ${GIVE_UP_MS} ms`);
  else account.recovered(recovery, Math.round(performance.now() - fromMs));
}

/** The present executors' own ids. */
export async function executorsOf({ house, keys }: Stage): Promise<ReadonlySet<string>> {
  const members = await keys.members();
  return new Set(house.of('executor').flatMap(({ pid }) => members.get(pid)?.id ?? []));
}

/** Every so often, for a while; twice at least, since on a busy machine once may take longer than all should. */
export async function each(everyMs: number, forMs: number, act: (n: number) => Promise<void>): Promise<void> {
  const untilMs = performance.now() + forMs;
  for (let n = 0; n < LEAST || performance.now() < untilMs; n++) {
    const nextMs = performance.now() + everyMs;
    await act(n);
    await sleep(Math.max(0, Math.min(nextMs, untilMs) - performance.now()));
  }
}

/** How much a counter grew while something was done. */
export async function grown(
  { counters }: Stage,
  names: readonly (readonly [sight: string, metric: string, labels?: string])[],
  act: () => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  await counters.read();
  const before = names.map(([, metric, labels]) => counters.sum(metric, labels));
  await act();
  await counters.read();
  return new Map(names.map(([sight, metric, labels], n) => [sight, counters.sum(metric, labels) - before[n]!]));
}
