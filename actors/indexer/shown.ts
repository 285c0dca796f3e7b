/** What the repository shows as present, by partition: asked page by page, only when a partition is healed. */

import { TENANT } from '../../lib/model/flow.ts';
import { flowKey, flowPartition, type Partition } from '../../lib/model/partition.ts';
import { isEnded, NEXT_STATES, type State } from '../../lib/model/state.ts';
import type { FlowRow, Repository } from '../../lib/repository/repository.ts';
import { walkExecutions } from '../../lib/repository/walk.ts';

const PAGE = 1_000;
const LIVE = (Object.keys(NEXT_STATES) as State[]).filter((state) => !isEnded(state));

export async function liveExecutions(
  repository: Repository,
  partitionOf: (id: string) => Partition,
): Promise<ReadonlyMap<Partition, readonly string[]>> {
  const found = new Map<Partition, string[]>();
  const live = { tenant: TENANT, states: LIVE, sort: { by: 'id', descending: false } } as const;
  for await (const rows of walkExecutions(repository, live))
    for (const { id } of rows) {
      const ids = found.get(partitionOf(id));
      if (ids) ids.push(id);
      else found.set(partitionOf(id), [id]);
    }
  return found;
}

export async function shownFlows(
  repository: Repository,
  partition: Partition,
  partitions: number,
): Promise<readonly { readonly key: string; readonly row: FlowRow }[]> {
  const found: { readonly key: string; readonly row: FlowRow }[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = await repository.searchFlows({ tenant: TENANT, limit: PAGE, offset });
    for (const row of rows) if (flowPartition(row, partitions) === partition) found.push({ key: flowKey(row), row });
    if (rows.length < PAGE) return found;
  }
}
