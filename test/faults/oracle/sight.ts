/**
 * No claim is taken from a worker that lives: not after an outage, when every claim looks dead, and not in a rolling restart,
 * where workers give back what they cannot end.
 */
import type { Witnessed } from '../build/witness.ts';
import type { Account } from '../phases/account.ts';
import type { Evidence } from './evidence.ts';

type Claimed = Extract<Witnessed, { kind: 'claim' }>;

/** A claim that ran out in the phase is granted again by then. */
const AFTER_MS = 3_000;

/** What another worker was granted in the time of a phase, though the first one had it, was neither killed nor stopped, and had not given it back. */
export function takenFromTheLiving(
  { deeds, deaths, stops }: Evidence,
  { fromMs, untilMs }: Account,
): readonly string[] {
  const fell = new Map([...deaths, ...stops.filter(({ atMs }) => atMs < fromMs)].map(({ pid, atMs }) => [pid, atMs]));
  const granted = deeds.filter((deed): deed is Claimed => deed.kind === 'claim' && deed.answer === 'granted');
  const backs = Map.groupBy(
    deeds.filter((deed) => deed.kind === 'back'),
    ({ ref }) => ref,
  );
  return [...Map.groupBy(granted, ({ ref }) => ref)].flatMap(([ref, claims]) =>
    claims.slice(1).flatMap((claim, n) => {
      const before = claims[n]!;
      const isMeant = claim.atMs >= fromMs && claim.atMs <= untilMs + AFTER_MS && claim.delivery !== before.delivery;
      const hasFallen = (fell.get(before.pid) ?? Number.POSITIVE_INFINITY) <= claim.atMs;
      const wasGiven = backs.get(ref)?.some(({ pid }) => pid === before.pid);
      return isMeant && !hasFallen && !wasGiven
        ? [`${ref} was taken from process ${before.pid}, to which nothing had happened`]
        : [];
    }),
  );
}
