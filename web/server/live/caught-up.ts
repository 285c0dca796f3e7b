/** The repository follows feeds and streams: who changes what a search finds waits until it has seen all that there was. */
import type { Bus } from '../../../lib/bus/bus.ts';
import { systemClock } from '../../../lib/clock.ts';
import { allPartitions, type Partition } from '../../../lib/model/partition.ts';
import { NO_VERSION } from '../../../lib/model/version.ts';
import { feedCursor, linesCursor } from '../../../lib/repository/cursor.ts';
import type { Repository } from '../../../lib/repository/repository.ts';

const WAIT_MS = 2_000;
const LOOK_MS = 20;

export interface Copied {
  readonly bus: Pick<Bus, 'feeds' | 'lines' | 'partitions'>;
  readonly repository: Pick<Repository, 'cursors'>;
}

/**
 * Resolves when the repository shows what had been committed before, of executions (`x`) or flows (`f`); later than `waitMs`
 * nobody waits for it.
 */
export async function caughtUp({ bus, repository }: Copied, kind: 'x' | 'f', waitMs = WAIT_MS): Promise<void> {
  const all = allPartitions(kind, bus.partitions);
  const newest = await bus.feeds.newest(all);
  await until(waitMs, async () => {
    const cursors = await repository.cursors();
    return all.every((partition) => (cursors.get(feedCursor(partition)) ?? NO_VERSION) >= newest.get(partition)!);
  });
}

/** The same for log lines. */
export async function linesCaughtUp({ bus, repository }: Copied, partitions: readonly Partition[]): Promise<void> {
  const newest = await bus.lines.newest(partitions);
  await until(WAIT_MS, async () => {
    const cursors = await repository.cursors();
    return partitions.every((each) => !isBehind(cursors.get(linesCursor(each)) ?? '0', newest.get(each)!));
  });
}

/** Ids of streams: milliseconds and a number. */
function isBehind(id: string, other: string): boolean {
  const [[ms, n], [otherMs, otherN]] = [partsOf(id), partsOf(other)];
  return ms < otherMs || (ms === otherMs && n < otherN);
}

function partsOf(id: string): readonly [ms: number, n: number] {
  const [ms, n = '0'] = id.split('-');
  return [Number(ms), Number(n)];
}

async function until(waitMs: number, isSo: () => Promise<boolean>): Promise<void> {
  for (const untilMs = performance.now() + waitMs; performance.now() < untilMs; await systemClock.sleep(LOOK_MS))
    if (await isSo()) return;
}
