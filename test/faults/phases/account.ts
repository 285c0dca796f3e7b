/** What was done in a phase, what was seen of it, how long recoveries took, and what went wrong by its own judgement. */
import { OTHERS_SHARE_MAX } from '../rig/machine.ts';

export class Account {
  readonly id: string;
  readonly title: string;
  injected = 0;
  readonly sights = new Map<string, number>();
  readonly recoveries = new Map<string, number[]>();
  /** Invariants that did not hold, by name. */
  readonly broken: { readonly invariant: string; readonly detail: string }[] = [];
  /** Shares of the machine that others had. */
  readonly others: number[] = [];
  fromMs = 0;
  untilMs = 0;

  constructor(id: string, title: string) {
    this.id = id;
    this.title = title;
  }

  saw(sight: string, count = 1): void {
    this.sights.set(sight, (this.sights.get(sight) ?? 0) + count);
  }

  recovered(recovery: string, ms: number): void {
    const known = this.recoveries.get(recovery);
    if (known) known.push(ms);
    else this.recoveries.set(recovery, [ms]);
  }

  broke(invariant: string, detail: string): void {
    this.broken.push({ invariant, detail });
  }

  get othersShare(): number {
    return this.others.length === 0 ? 0 : this.others.reduce((sum, share) => sum + share, 0) / this.others.length;
  }

  /** Whether its times say something of ours. */
  get isJudged(): boolean {
    return this.othersShare <= OTHERS_SHARE_MAX;
  }
}

/** The value that `share` of the values do not exceed; undefined of none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
