/** The repository follows the feeds: who changes what a search finds waits until it has seen all that is asked for. */
import type { Bus } from '../../../lib/bus/bus.ts';
import { systemClock } from '../../../lib/clock.ts';
import { allPartitions } from '../../../lib/model/partition.ts';
import { NO_VERSION } from '../../../lib/model/version.ts';

const WAIT_MS = 2_000;
const LOOK_MS = 20;

/** Resolves when the repository shows what had been committed before; later than `WAIT_MS` nobody waits for it. */
export async function caughtUp({ feeds, partitions }: Pick<Bus, 'feeds' | 'partitions'>): Promise<void> {
  const all = allPartitions('x', partitions);
  const newest = await feeds.newest(all);
  for (const untilMs = performance.now() + WAIT_MS; performance.now() < untilMs; ) {
    const durable = await feeds.durable(all);
    if (all.every((partition) => (durable.get(partition) ?? NO_VERSION) >= newest.get(partition)!)) return;
    await systemClock.sleep(LOOK_MS);
  }
}
