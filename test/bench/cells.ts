/** What is measured: flows, windows, how a rate and a latency are taken. The same for the floors and for Windhover. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile, rounded } from './machine.ts';

export const FLOWS = {
  s10: { runs: 10, sequential: true, window: 200 },
  p100: { runs: 100, sequential: false, window: 20 },
} as const;

export type Floor = 'queue' | 'loop' | 'parcel';

export interface Cell {
  readonly floor?: Floor;
  readonly flow?: keyof typeof FLOWS;
}

/** One execution after another, when nothing else runs. */
export const ALONE = { discarded: 20, measured: 200, gapMs: 5 };

/** Quantiles of each latency that `run` names. */
export async function latencies(
  run: (n: number) => Promise<Record<string, number>>,
  measured = ALONE.measured,
): Promise<Record<string, number>> {
  const samples: Record<string, number[]> = {};
  for (let n = 0; n < ALONE.discarded + measured; n++) {
    for (const [name, ms] of Object.entries(await run(n))) (samples[name] ??= []).push(ms);
    await sleep(ALONE.gapMs);
  }
  return Object.fromEntries(
    Object.entries(samples).flatMap(([name, list]) =>
      [50, 99].map((p) => [`${name}Ms.p${p}`, rounded(quantile(list.slice(ALONE.discarded), p / 100))]),
    ),
  );
}

/** One measurement: flat, so that every number of it has a name. */
export interface Result {
  taskRunsPerSecond?: number;
  executionsPerSecond?: number;
  [name: string]: number | undefined;
}
