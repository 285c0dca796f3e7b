/**
 * The indexer: copies feeds and log lines into the repository, heals it where a history broke, deletes what is past its
 * time. Derived work only (I1): executions run the same without it.
 *
 * One of several works, the others stand by. It holds nothing that is not in the repository or the bus: killed at any
 * moment, the next one goes on at the stored cursors.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import type { Health, Service } from '../../lib/service.ts';
import { type Copying, FeedCopy } from './copy-feeds.ts';
import { LineCopy } from './copy-lines.ts';
import { type Insistence, insist } from './insist.ts';
import { Lead } from './lead.ts';
import { Progress } from './progress.ts';
import { keepHouse } from './retention.ts';
import type { Traces } from './traces.ts';
import { Watch } from './watch.ts';

export interface IndexerParts {
  readonly bus: Bus;
  readonly repository: Repository;
  /** How long an ended execution is kept; 0 keeps it. */
  readonly retentionMs: number;
  /** Sends what has ended to a collector. */
  readonly traces?: Traces;
  readonly log: Log;
  readonly clock?: Clock;
}

/** The repository must be open. */
export function buildIndexer({
  bus,
  repository,
  retentionMs,
  traces,
  log,
  clock = systemClock,
}: IndexerParts): Service {
  const ending = new AbortController();
  const troubles: Record<'feeds' | 'lines', Insistence['state']> = { feeds: {}, lines: {} };
  const lead = new Lead({ vault: bus.vault, log, clock });
  let role: 'stopped' | 'standby' | 'leading' = 'stopped';
  let watch: Watch | undefined;
  let running: Promise<void> = Promise.resolve();

  const work = async (signal: AbortSignal): Promise<void> => {
    const insistence = { log, clock, signal };
    const stored = await insist({ ...insistence, state: troubles.feeds }, 'reading cursors', () =>
      repository.cursors(),
    );
    if (!stored) return;
    const progress = new Progress({ bus, log }, stored);
    const copying: Copying = { bus, repository, progress, traces, clock, log, signal };
    const feeds = new FeedCopy(copying, troubles.feeds);
    watch = new Watch(copying, feeds);
    feeds.broke(
      (await insist({ ...insistence, state: troubles.feeds }, 'looking at feeds', () => watch!.broken('durable'))) ??
        [],
    );
    const house = keepHouse({ repository, retentionMs, clock, log });
    await Promise.all([feeds.run(), new LineCopy(copying, troubles.lines).run(), watch.run(), traces?.run(signal)]);
    await house.stop();
    await progress.close();
  };

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      role = 'standby';
      if (!(await lead.take(ending.signal))) return;
      role = 'leading';
      const lost = new AbortController();
      const signal = AbortSignal.any([ending.signal, lost.signal]);
      const kept = lead.keep(signal).then(() => lost.abort());
      await work(signal).finally(() => lost.abort());
      await kept;
    }
  };

  return {
    name: 'indexer',
    start: async () => {
      running = run().catch((error: unknown) => {
        troubles.feeds.trouble = 'stopped by an error';
        log.error({ err: error }, 'the indexer stopped');
      });
    },
    quiet: async () => ending.abort(),
    stop: async (deadlineMs) => {
      ending.abort();
      const late = new AbortController();
      await Promise.race([running, clock.sleep(deadlineMs, late.signal)]);
      late.abort();
      if (role === 'leading') await lead.giveUp();
      role = 'stopped';
    },
    health: (): Health => {
      if (role === 'standby') return { ok: true, detail: 'another indexer works; standing by' };
      const trouble = troubles.feeds.trouble ?? troubles.lines.trouble ?? watch?.trouble;
      return trouble === undefined ? { ok: true } : { ok: false, detail: trouble };
    },
  };
}
