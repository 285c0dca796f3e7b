/** How long it took until what a dead worker had claimed began again, by the witness of claims and the ledger. */
import type { Witnessed } from '../build/witness.ts';
import type { Account } from '../phases/account.ts';
import type { Evidence } from './evidence.ts';

type Claimed = Extract<Witnessed, { kind: 'claim' }>;

export interface Recovery {
  /** From a worker's death until another one held its claim, and until user code ran there. */
  readonly claimedMs: number;
  readonly begunMs: number;
}

/**
 * Of workers that were killed in the time of a phase. Where the next one that claimed it died before it had begun, that
 * one's time counts.
 */
export function begunAgain({ effects, deeds, deaths }: Evidence, { fromMs, untilMs }: Account): readonly Recovery[] {
  const died = new Map(deaths.map(({ pid, atMs }) => [pid, atMs]));
  const isMeant = (atMs: number) => atMs >= fromMs && atMs <= untilMs;
  const answered = new Set(deeds.flatMap((deed) => (deed.kind === 'answer' ? [`${deed.ref} ${deed.pid}`] : [])));
  const claims = deeds.filter((deed): deed is Claimed => deed.kind === 'claim' && deed.answer === 'granted');
  const begins = Map.groupBy(
    effects.filter(({ what }) => what === 'begin'),
    ({ execution, taskRun, attempt }) => `${execution}/${taskRun}/${attempt}`,
  );
  const waits: Recovery[] = [];
  for (const [ref, all] of Map.groupBy(claims, ({ ref }) => ref))
    for (const [n, claim] of all.slice(0, -1).entries()) {
      const atMs = died.get(claim.pid);
      if (atMs === undefined || !isMeant(atMs) || answered.has(`${ref} ${claim.pid}`)) continue;
      const next = all[n + 1]!;
      const begin = begins.get(ref)?.find(({ pid, parent }) => pid === next.pid || parent === next.pid);
      if (begin && begin.atMs > atMs) waits.push({ claimedMs: next.atMs - atMs, begunMs: begin.atMs - atMs });
    }
  return waits;
}
