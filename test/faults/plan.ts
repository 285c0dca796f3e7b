/** One seed, one plan: which faults, in which order, from when. */
import { Dice } from '../simulation/random.ts';
import type { Phase } from './phases/phase.ts';
import { PHASES } from './phases/table.ts';
import type { GroundKind } from './rig/ground.ts';

/** What a run needs besides its phases, s: start, calm, drain. */
const AROUND_S = 120;
/** What the phases of a run of the short profile take together, s. */
const SHORT_S = 60;
/** Between two phases what is broken heals. */
export const BETWEEN_S = 3;

export interface Wanted {
  readonly seed: number;
  readonly minutes: number;
  /** Ids of faults; absent: as many as fit. */
  readonly only?: readonly string[];
  /** Of the phases that have a short form, as many as fit into a minute. */
  readonly short?: boolean;
}

export interface Planned {
  readonly phase: Phase;
  /** How long it has. */
  readonly seconds: number;
}

export interface Plan {
  readonly seed: number;
  /** Times are told and not judged: the machine is anybody's. */
  readonly short: boolean;
  /** What the servers stand on. */
  readonly ground: GroundKind;
  readonly phases: readonly Planned[];
}

/** One plan; of faults that were chosen one for each kind of Redis that they need. Throws where a fault is not known. */
export function plansOf({ seed, minutes, only, short = false }: Wanted): readonly Plan[] {
  const dice = new Dice(seed);
  const planned = (phase: Phase): Planned => ({ phase, seconds: (short && phase.shortSeconds) || phase.seconds });
  if (only) {
    const chosen = only.map(phaseOf);
    const named = new Set(chosen.flatMap(({ ground }) => ground ?? []));
    // What runs on any Redis runs on the one that another of them needs.
    const [home = 'single' as const] = named.size === 1 ? named : [];
    const grounds = Map.groupBy(chosen, ({ ground = home }) => ground);
    return Array.from(grounds, ([ground, some]) => ({
      seed,
      short,
      ground,
      phases: dice.shuffled(some).map(planned),
    }));
  }
  const pool = PHASES.filter(
    ({ ground = 'single', shortSeconds }) => ground === 'single' && (!short || shortSeconds !== undefined),
  );
  const phases: Planned[] = [];
  let leftS = short ? SHORT_S : minutes * 60 - AROUND_S;
  for (const each of dice.shuffled(pool).map(planned)) {
    if (each.seconds + BETWEEN_S > leftS) continue;
    leftS -= each.seconds + BETWEEN_S;
    phases.push(each);
  }
  return [{ seed, short, ground: 'single', phases }];
}

function phaseOf(id: string): Phase {
  const phase = PHASES.find((each) => each.id === id);
  if (phase) return phase;
  throw new Error(`expected one of ${PHASES.map((each) => each.id).join(', ')}, got ${id}`);
}

export function planText({ seed, phases }: Plan): string {
  let fromS = 0;
  const lines = phases.map(({ phase: { id, title }, seconds }) => {
    const line = `  ${String(fromS).padStart(4)} s  ${id.padEnd(4)} ${title}`;
    fromS += seconds + BETWEEN_S;
    return line;
  });
  return [`SEED=${seed}`, ...lines, ''].join('\n');
}
