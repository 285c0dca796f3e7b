/** All that a run leaves behind, for the judges: nothing in here was made up by the system about itself but `records` and `left`. */
import type { Effect } from '../build/plugin.ts';
import type { Witnessed } from '../build/witness.ts';
import type { History } from '../load/history.ts';
import type { Asked } from '../load/load.ts';
import type { Cut } from '../phases/phase.ts';
import type { Footprint } from '../rig/counters.ts';
import type { Fate } from '../rig/house.ts';
import type { Left } from './left.ts';
import type { Record } from './records.ts';
import type { Ticks } from './ticks.ts';

export interface Evidence {
  readonly asked: readonly Asked[];
  readonly history: History;
  readonly effects: readonly Effect[];
  readonly deeds: readonly Witnessed[];
  readonly records: readonly Record[];
  readonly left: Left;
  readonly cuts: readonly Cut[];
  readonly ticks: readonly Ticks[];
  /** Processes that were killed, and those that were stopped for a while. */
  readonly deaths: readonly Fate[];
  readonly stops: readonly Fate[];
  readonly strayEnds: readonly string[];
  readonly footprints: readonly Footprint[];
  /** What the feeds told last of each execution: its version. */
  readonly told: ReadonlyMap<string, string>;
  /** From here on nothing was done to the system. */
  readonly calmFromMs: number;
}

/** What does not hold, in a sentence each. */
export type Judge = (evidence: Evidence) => readonly string[];

/** Whether what was acknowledged at that time may have been cut off. */
export const wasCut = ({ cuts }: Pick<Evidence, 'cuts'>, atMs: number): boolean =>
  cuts.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs <= untilMs);
