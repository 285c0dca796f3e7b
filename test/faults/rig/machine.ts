/**
 * How much of this machine others have: where it is much, times say nothing of ours and are not judged. Read from /proc; where
 * there is none, times are judged always.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const TICKS_PER_S = 100;
/** Of all cores. */
export const OTHERS_SHARE_MAX = 0.25;

interface Moment {
  readonly atMs: number;
  /** CPU seconds of the whole machine, and of our process and its descendants. */
  readonly busy: number;
  readonly ours: number;
}

export class Machine {
  #last: Moment | undefined = momentNow();

  /** The share of the cores that others had since the last call. */
  others(): number {
    const now = momentNow();
    const last = this.#last;
    this.#last = now;
    if (!now || !last || now.atMs - last.atMs < 200) return 0;
    const seconds = ((now.atMs - last.atMs) / 1_000) * availableParallelism();
    // Processes that ended meanwhile count as others, for a moment.
    return Math.max(0, now.busy - last.busy - Math.max(0, now.ours - last.ours)) / seconds;
  }
}

function momentNow(): Moment | undefined {
  if (!existsSync('/proc/stat')) return undefined;
  const [user, nice, system, , , irq, soft] = /^cpu +(.*)$/m
    .exec(readFileSync('/proc/stat', 'utf8'))![1]!
    .split(' ')
    .map(Number);
  const busy = (user! + nice! + system! + irq! + soft!) / TICKS_PER_S;
  return { atMs: performance.now(), busy, ours: oursNow() };
}

function oursNow(): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), Number(fields[1]));
      // Its own time, and that of its children that have ended.
      ticks.set(
        Number(name),
        fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
      );
    } catch {
      // It has ended meanwhile.
    }
  }
  let sum = 0;
  for (const [pid, own] of ticks) {
    for (let up: number | undefined = pid; up !== undefined && up > 1; up = parents.get(up))
      if (up === process.pid) sum += own;
  }
  return sum / TICKS_PER_S;
}
