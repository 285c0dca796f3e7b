/**
 * One writer: commits of a partition go on one from the other, and none is applied under a lease that somebody has taken since.
 * Who takes a lease reads the number that it builds upon: what an older lease writes above that was written too late.
 */
import type { Witnessed } from '../build/witness.ts';
import type { Judge } from './evidence.ts';

type Taken = Extract<Witnessed, { kind: 'lease' }>;
type Committed = Extract<Witnessed, { kind: 'commit' }>;

export const judgeOneWriter: Judge = ({ deeds, cuts }) => {
  // A cut takes commits away, and the numbers come again: each piece is judged by itself.
  const borders = [...cuts].sort((a, b) => a.untilMs - b.untilMs);
  const pieceOf = (atMs: number) => borders.filter(({ untilMs }) => atMs >= untilMs).length;
  const isHazy = (atMs: number) => cuts.some(({ fromMs, untilMs, hazy }) => hazy && atMs >= fromMs && atMs < untilMs);
  const clear = deeds.filter(({ atMs }) => !isHazy(atMs));
  const pieces = Map.groupBy(clear, ({ atMs }) => pieceOf(atMs));
  return [...pieces].flatMap(([n, piece]) => {
    const numbers = borders[n - 1]?.numbers;
    const byPartition = Map.groupBy(
      piece.filter((deed): deed is Extract<Witnessed, { partition: string }> => 'partition' in deed),
      ({ partition }) => partition,
    );
    return [...byPartition].flatMap(([partition, of]) => [
      ...faultsOf(partition, of),
      ...(numbers ? baseless(partition, of, numbers.get(partition) ?? 0) : []),
    ]);
  });
};

/** Applied upon a commit that the cut had taken away. */
function baseless(partition: string, deeds: readonly Witnessed[], base: number): readonly string[] {
  const answered = new Set(deeds.flatMap((deed) => (deed.kind === 'commit' ? [`${deed.epoch} ${deed.number}`] : [])));
  const known = new Set([
    base,
    ...deeds.flatMap((deed) => {
      if (deed.kind === 'lease') return [deed.number];
      if (deed.kind === 'commit') return deed.answer === 'APPLIED' || deed.answer === 'DONE' ? [deed.number] : [];
      // Its answer was lost: it may have been applied.
      return deed.kind === 'sent' && !answered.has(`${deed.epoch} ${deed.number}`) ? [deed.number] : [];
    }),
  ]);
  return deeds.flatMap((deed) =>
    deed.kind === 'commit' && deed.answer === 'APPLIED' && !known.has(deed.number - 1)
      ? [`${partition}: commit ${deed.number} was applied upon one that was cut off, at ${base}`]
      : [],
  );
}

function faultsOf(partition: string, deeds: readonly Witnessed[]): readonly string[] {
  const taken = deeds.filter((deed): deed is Taken => deed.kind === 'lease').sort((a, b) => a.epoch - b.epoch);
  const applied = deeds.filter((deed): deed is Committed => deed.kind === 'commit' && deed.answer === 'APPLIED');
  const stale = applied.flatMap(({ epoch, number }) => {
    const next = taken.find((lease) => lease.epoch > epoch);
    return next && number > next.number
      ? [`${partition}: commit ${number} of epoch ${epoch} was applied, epoch ${next.epoch} builds upon ${next.number}`]
      : [];
  });
  const byNumber = Map.groupBy(applied, ({ number }) => number);
  const twice = [...byNumber]
    .filter(([, all]) => all.length > 1)
    .map(
      ([number, all]) => `${partition}: commit ${number} was applied by ${all.map(({ epoch }) => epoch).join(' and ')}`,
    );
  return [...stale, ...twice];
}
