/** Keeping house: each minute what ended longer ago than it is kept is deleted, so much at a time; the rest the next minute. */
import { schedule } from 'node-cron';
import type { Clock } from '../../lib/clock.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { counter } from '../../lib/metrics.ts';
import type { Repository } from '../../lib/repository/repository.ts';

const EACH_MINUTE = '* * * * *';
const AT_ONCE_MAX = 5_000;

export interface House {
  readonly repository: Repository;
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export function keepHouse(house: House): { stop(): Promise<void> } {
  if (house.retentionMs === 0) return { stop: async () => {} };
  const round = () => clean(house);
  const task = schedule(EACH_MINUTE, round, {
    name: 'retention',
    noOverlap: true,
    unref: true,
    suppressMissedWarning: true,
  });
  return { stop: async () => void (await task.destroy()) };
}

/** Never throws: the next minute tries again. */
export async function clean({ repository, retentionMs, clock, log }: House): Promise<void> {
  try {
    const deleted = await repository.retain(clock.now() - retentionMs, AT_ONCE_MAX);
    counter('indexer_retained_total', 'Executions deleted because they ended longer ago than they are kept').inc(
      deleted,
    );
    if (deleted > 0) log.info({ deleted }, 'executions past their time are deleted');
  } catch (error) {
    log.warn({ reason: textOf(error) }, 'executions past their time could not be deleted');
  }
}
