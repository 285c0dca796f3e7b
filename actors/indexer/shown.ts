/** What the repository shows as present, by partition: asked page by page, only when a partition is healed. */

import { TENANT } from '../../lib/model/flow.ts';
import { flowKey, flowPartition, type Partition } from '../../lib/model/partition.ts';
import { isEnded, NEXT_STATES, type State } from '../../lib/model/state.ts';
import type { FlowRow, Repository } from '../../lib/repository/repository.ts';

const PAGE = 1_000;
const LIVE = (Object.keys(NEXT_STATES) as State[]).filter((state) => !isEnded(state));

export async function liveExecutions(
  repository: Repository,
  partitionOf: (id: string) => Partition,
): Promise<ReadonlyMap<Partition, readonly string[]>> {
  const found = new Map<Partition, string[]>();
  let after: string | undefined;
  do {
    const page = await repository.searchExecutions({
      tenant: TENANT,
      states: LIVE,
      sort: { by: 'id', descending: false },
      limit: PAGE,
      after,
    });
    for (const { id } of page.rows) {
      const ids = found.get(partitionOf(id));
      if (ids) ids.push(id);
      else found.set(partitionOf(id), [id]);
    }
    after = page.next;
  } while (after !== undefined);
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
