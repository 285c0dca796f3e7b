/** An indexer that runs against scripted feeds, a repository in memory, and where an execution lives there. */
import { buildIndexer } from '../../actors/indexer/indexer.ts';
import { silentLog } from '../../lib/log.ts';
import { executionPartition, flowPartition } from '../../lib/model/partition.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import type { Service } from '../../lib/service.ts';
import { PARTITIONS, type ScriptedFeeds } from './scripted-feeds.ts';

export const running: Service[] = [];
const opened: Repository[] = [];
/** After each test. */
export async function stopIndexing(): Promise<void> {
  for (const service of running.splice(0)) await service.stop(5_000);
  for (const repository of opened.splice(0)) await repository.close();
}

export async function aRepository(): Promise<Repository> {
  const repository = openSqlRepository({ file: ':memory:', log: silentLog });
  await repository.open();
  opened.push(repository);
  return repository;
}

export async function anIndexer(feeds: ScriptedFeeds, repository: Repository): Promise<Service> {
  const indexer = buildIndexer({ bus: feeds.bus, repository, retentionMs: 0, log: silentLog });
  running.push(indexer);
  await indexer.start();
  return indexer;
}

export const home = (id: string) => executionPartition(id, PARTITIONS);
export const flow = { tenant: 'main', namespace: 'company.team', id: 'hello' };
export const flowHome = flowPartition(flow, PARTITIONS);
export const stateIn = async (repository: Repository, id: string) =>
  (await repository.execution(id))?.history.at(-1)?.[0];
