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
  const borders = cuts.map(({ untilMs }) => untilMs).sort((a, b) => a - b);
  const pieceOf = (atMs: number) => borders.filter((border) => atMs >= border).length;
  const pieces = Map.groupBy(deeds, ({ atMs }) => pieceOf(atMs));
  return [...pieces.values()].flatMap((piece) =>
    [
      ...Map.groupBy(
        piece.filter((deed): deed is Exclude<Witnessed, { kind: 'claim' | 'answer' }> => 'partition' in deed),
        ({ partition }) => partition,
      ),
    ].flatMap(([partition, of]) => faultsOf(partition, of)),
  );
};

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
