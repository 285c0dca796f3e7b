/** One seed, one plan: which faults, in which order, from when. */
import { Dice } from '../simulation/random.ts';
import type { Phase } from './phases/phase.ts';
import { PHASES } from './phases/table.ts';

/** What a run needs besides its phases, s: start, calm, drain. */
const AROUND_S = 120;
/** Between two phases what is broken heals. */
export const BETWEEN_S = 3;

export interface Wanted {
  readonly seed: number;
  readonly minutes: number;
  /** Ids of faults; absent: as many as fit. */
  readonly only?: readonly string[];
}

export interface Plan {
  readonly seed: number;
  readonly phases: readonly Phase[];
}

/** Throws where a fault is not known. */
export function planOf({ seed, minutes, only }: Wanted): Plan {
  const dice = new Dice(seed);
  if (only) return { seed, phases: dice.shuffled(only.map(phaseOf)) };
  const phases: Phase[] = [];
  let leftS = minutes * 60 - AROUND_S;
  for (const phase of dice.shuffled(PHASES.filter(({ apart }) => !apart))) {
    if (phase.seconds + BETWEEN_S > leftS) continue;
    leftS -= phase.seconds + BETWEEN_S;
    phases.push(phase);
  }
  return { seed, phases };
}

function phaseOf(id: string): Phase {
  const phase = PHASES.find((each) => each.id === id);
  if (phase) return phase;
  throw new Error(`expected one of ${PHASES.map((each) => each.id).join(', ')}, got ${id}`);
}

export function planText({ seed, phases }: Plan): string {
  let fromS = 0;
  const lines = phases.map(({ id, title, seconds }) => {
    const line = `  ${String(fromS).padStart(4)} s  ${id.padEnd(4)} ${title}`;
    fromS += seconds + BETWEEN_S;
    return line;
  });
  return [`SEED=${seed}`, ...lines, ''].join('\n');
}
