/**
 * Healing rows after a history that the feed does not tell: a failover that lost commits, entries trimmed before they were
 * copied, a repository older than its bus. The partition is read as it is and counts as of its newest version, so that it
 * overwrites what a lost history had written (H1). What the repository shows live and the partition does not know ended as
 * its tombstone says, or is marked lost (H2).
 */
import type { Bus } from '../../lib/bus/bus.ts';
import type { Log } from '../../lib/log.ts';
import type { Execution } from '../../lib/model/execution.ts';
import { executionPartition, type Partition } from '../../lib/model/partition.ts';
import { partsOf, type Version, versionOf } from '../../lib/model/version.ts';
import { feedCursor } from '../../lib/repository/cursor.ts';
import type { ExecutionRow, FlowRow, Repository } from '../../lib/repository/repository.ts';
import { documentRow, flowRows, goneFlowRow, goneRow } from './rescan.ts';
import { liveExecutions, shownFlows } from './shown.ts';
import type { Traces } from './traces.ts';

const AT_ONCE = 50;

export interface Healing {
  readonly bus: Bus;
  readonly repository: Repository;
  readonly traces?: Traces;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Returns the cursors from which the feeds tell what comes next; stored already. Doing it again changes nothing. */
export async function heal(
  healing: Healing,
  partitions: readonly Partition[],
): Promise<ReadonlyMap<Partition, Version>> {
  const { bus, log, repository } = healing;
  const newest = await bus.feeds.newest(partitions);
  const live = partitions.some((partition) => partition.startsWith('x'))
    ? await liveExecutions(repository, (id) => executionPartition(id, bus.partitions))
    : new Map<Partition, readonly string[]>();
  for (const partition of partitions) {
    if (healing.signal.aborted) break;
    log.info({ partition }, 'a partition is read anew: its feed does not continue where the repository stands');
    if (partition.startsWith('x'))
      await healExecutions(healing, partition, newest.get(partition)!, live.get(partition) ?? []);
    else await healFlows(healing, partition, newest.get(partition)!);
    await write(healing, { cursors: new Map([[feedCursor(partition), newest.get(partition)!]]) });
  }
  return healing.signal.aborted ? new Map() : newest;
}

const write = (
  { repository }: Healing,
  given: {
    readonly executions?: readonly ExecutionRow[];
    readonly flows?: readonly FlowRow[];
    readonly cursors?: ReadonlyMap<string, string>;
  },
): Promise<void> => repository.write({ executions: [], flows: [], lines: [], cursors: new Map(), ...given });

async function healExecutions(
  healing: Healing,
  partition: Partition,
  newest: Version,
  live: readonly string[],
): Promise<void> {
  const { bus, repository, traces, signal } = healing;
  const ids = await bus.documents.ids(partition);
  const present = new Set(ids);
  const all = [...ids, ...live.filter((id) => !present.has(id))];
  const nowMs = await bus.now();
  for (let from = 0; from < all.length && !signal.aborted; from += AT_ONCE) {
    const rows = await Promise.all(
      all.slice(from, from + AT_ONCE).map(async (id) => {
        const known = await repository.execution(id);
        const version = known ? await above(bus, partition, newest, known) : newest;
        if (version === undefined) return undefined;
        const fields = await bus.documents.read(partition, id);
        if (fields?.has('start') && fields.has('head')) return documentRow(id, version, fields, known);
        return known && goneRow(known, version, await bus.documents.tombstone(partition, id), nowMs);
      }),
    );
    const executions = rows.filter((row) => row !== undefined);
    await write(healing, { executions });
    traces?.copied(executions);
  }
}

/**
 * The version that a row is healed with: the newest, which its row is below. A row above that is of a lost history, or of what came
 * since: it counts as of what is the newest now, since its document is read after that, or as one above its own, where
 * that is still higher (the next owner's epoch is above both). Undefined where the row is the newest itself.
 */
async function above(bus: Bus, partition: Partition, newest: Version, known: Execution): Promise<Version | undefined> {
  if (known.version < newest) return newest;
  const now = (await bus.feeds.newest([partition])).get(partition)!;
  if (known.version === now) return undefined;
  if (known.version < now) return now;
  const { epoch, number } = partsOf(known.version);
  return versionOf(epoch, number + 1);
}

async function healFlows(healing: Healing, partition: Partition, newest: Version): Promise<void> {
  const { bus, repository } = healing;
  const ids = await bus.documents.ids(partition);
  const present = new Set(ids);
  for (const id of ids) {
    const fields = await bus.documents.read(partition, id);
    if (fields) await write(healing, { flows: flowRows(id, newest, fields) });
  }
  const shown = await shownFlows(repository, partition, bus.partitions);
  const gone = shown.filter(({ key }) => !present.has(key)).map(({ row }) => goneFlowRow(row, newest));
  if (gone.length > 0) await write(healing, { flows: gone });
}
