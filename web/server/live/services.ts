/** Which servers live and what they own, and how much waits: in mailboxes, before the repository, for a free worker. */
import type { Bus } from '../../../lib/bus/bus.ts';
import type { Member } from '../../../lib/bus/members.ts';
import { DEFAULT_GROUP } from '../../../lib/bus/queues.ts';
import { allPartitions, type Partition } from '../../../lib/model/partition.ts';
import { commitsBehind, NO_VERSION } from '../../../lib/model/version.ts';

export interface PartitionState {
  readonly partition: Partition;
  /** Id of the server that holds its lease; absent: nobody. */
  readonly owner?: string;
  /** Entries of its mailbox that are not applied yet. */
  readonly messagesWaiting: number;
  /** Commits that the repository does not have yet. */
  readonly commitsBehind: number;
  readonly deadLetters: number;
}

export interface GroupState {
  readonly group: string;
  readonly workers: number;
  readonly threads: number;
  readonly threadsFree: number;
  /** Parcels that no worker has taken yet. */
  readonly parcelsWaiting: number;
}

export interface Services {
  readonly members: readonly Member[];
  readonly partitions: readonly PartitionState[];
  /** Those that have a worker, and the default one. */
  readonly groups: readonly GroupState[];
}

export async function lookAtServices(bus: Bus): Promise<Services> {
  const all = [...allPartitions('x', bus.partitions), ...allPartitions('f', bus.partitions)];
  const members = await bus.members.live();
  const [owners, newest, durable, depths, letters, groups] = await Promise.all([
    bus.ownership.owners(),
    bus.feeds.newest(all),
    bus.feeds.durable(all),
    Promise.all(all.map((partition) => bus.mailbox.depth(partition))),
    Promise.all(all.map((partition) => bus.documents.countDeadLetters(partition))),
    groupsOf(bus, members),
  ]);
  const partitions = all.map((partition, n) => ({
    partition,
    owner: owners.get(partition),
    messagesWaiting: depths[n]!,
    commitsBehind: commitsBehind(durable.get(partition) ?? NO_VERSION, newest.get(partition) ?? NO_VERSION),
    deadLetters: letters[n]!,
  }));
  return { members, partitions, groups };
}

function groupsOf(bus: Bus, members: readonly Member[]): Promise<readonly GroupState[]> {
  const workers = members.filter(({ role }) => role === 'worker');
  const byGroup = Map.groupBy(workers, ({ group }) => group ?? DEFAULT_GROUP);
  const names = [...new Set([DEFAULT_GROUP, ...byGroup.keys()])].sort();
  return Promise.all(
    names.map(async (group) => {
      const own = byGroup.get(group) ?? [];
      return {
        group,
        workers: own.length,
        threads: own.reduce((sum, { threads = 0 }) => sum + threads, 0),
        threadsFree: own.reduce((sum, { free = 0 }) => sum + free, 0),
        parcelsWaiting: await bus.queues.waiting(group),
      };
    }),
  );
}
