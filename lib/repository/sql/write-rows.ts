/**
 * Writing a batch to a database server: few statements of many rows. The rules are those of `write.ts`: a batch is one
 * transaction (W1); an execution's row is locked, and what comes with a version that is not higher changes nothing (W2).
 */
import type { Transaction } from 'kysely';
import type { LogLine } from '../../model/log-line.ts';
import type { MetricEntry } from '../../model/metric.ts';
import type { Batch, ExecutionRow, FlowRow } from '../repository.ts';
import type { Idiom } from './database.ts';
import { beginsOf, flowRowOf, headOf, lineRowOf, metricRowOf } from './rows.ts';
import type { Tables } from './schema.ts';

/** Parameters of a statement: Postgres takes 65,535 of them. */
const AT_ONCE = 2_000;
/** What a stub is known by until its row is written: below all versions. */
const NO_VERSION = '';

type Open = Transaction<Tables>;

export async function writeRows(open: Open, idiom: Idiom, batch: Batch): Promise<void> {
  for (const layer of layersOf(batch.executions)) await writeExecutions(open, idiom, layer);
  for (const flow of batch.flows) await writeFlow(open, flow);
  for (const rows of parted(batch.lines)) await addLines(open, idiom, rows);
  for (const rows of parted(batch.metrics ?? [])) await addMetrics(open, idiom, rows);
  const cursors = [...batch.cursors].sort().map(([name, value]) => ({ name, value }));
  if (cursors.length > 0) await upsert(open, idiom, 'cursors', ['name'], cursors);
}

/** Rows of the same execution in turn; in the order of ids, so that two writers do not wait for each other. */
function layersOf(rows: readonly ExecutionRow[]): ExecutionRow[][] {
  const layers: Map<string, ExecutionRow>[] = [];
  for (const row of rows) {
    const free = layers.find((layer) => !layer.has(row.id));
    if (free) free.set(row.id, row);
    else layers.push(new Map([[row.id, row]]));
  }
  return layers.map((layer) => [...layer.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
}

async function writeExecutions(open: Open, idiom: Idiom, all: readonly ExecutionRow[]): Promise<void> {
  for (const rows of parted(all, 500)) {
    const known = await locked(open, idiom, rows);
    const newer = rows.filter(({ id, version }) => version > known.get(id)!.version);
    if (newer.length === 0) continue;
    const numbered = newer.map((row) => ({ no: known.get(row.id)!.no, ...row }));
    await upsertExecutions(open, idiom, numbered);
    const runs = numbered.flatMap(({ no, taskRuns }) =>
      taskRuns.map(([{ id, index, taskId }, json]) => ({ execution_no: no, id, idx: index, task_id: taskId, json })),
    );
    for (const some of parted(runs)) await upsert(open, idiom, 'task_runs', ['execution_no', 'id'], some);
    for (const { no, removedTaskRuns } of numbered)
      if (removedTaskRuns.length > 0)
        await open
          .deleteFrom('task_runs')
          .where('execution_no', '=', no)
          .where('id', 'in', [...removedTaskRuns])
          .execute();
  }
}

type Known = ReadonlyMap<string, { readonly no: number; readonly version: string }>;

/** A row for each, held until the transaction ends. */
async function locked(open: Open, idiom: Idiom, rows: readonly ExecutionRow[]): Promise<Known> {
  const ids = rows.map(({ id }) => id);
  const read = async () => {
    const asked = open.selectFrom('executions').select(['no', 'id', 'version']).where('id', 'in', ids);
    return new Map((await asked.orderBy('id').forUpdate().execute()).map(({ id, ...rest }) => [id, rest]));
  };
  const known = await read();
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  const stubs = open.insertInto('executions').values(missing.map((id) => ({ id, version: NO_VERSION })));
  await (idiom.kind === 'mysql' ? stubs.ignore() : stubs.onConflict((met) => met.doNothing())).execute();
  return read();
}

type Numbered = ExecutionRow & { readonly no: number };

/** Rows that say the same columns together: a start, a head, both or neither. */
async function upsertExecutions(open: Open, idiom: Idiom, rows: readonly Numbered[]): Promise<void> {
  const shapes = Map.groupBy(rows, ({ start, head }) => `${start !== undefined} ${head !== undefined}`);
  for (const alike of shapes.values()) {
    const values = alike.map((row) => ({
      no: row.no,
      id: row.id,
      version: row.version,
      ...(row.start ? beginsOf(row, row.start) : {}),
      ...(row.head ? headOf(row.head) : {}),
    }));
    await upsert(open, idiom, 'executions', ['id'], values);
  }
}

async function writeFlow(open: Open, given: FlowRow): Promise<void> {
  const row = flowRowOf(given);
  const { tenant, namespace, id, revision } = row;
  const known = await open
    .selectFrom('flows')
    .select(['version', 'source'])
    .where('tenant', '=', tenant)
    .where('namespace', '=', namespace)
    .where('id', '=', id)
    .where('revision', '=', revision)
    .forUpdate()
    .executeTakeFirst();
  if (known && known.version >= row.version) return;
  // A deletion comes without the source.
  const source = known && row.source === '' ? known.source : row.source;
  if (!known) await open.insertInto('flows').values(row).execute();
  else
    await open
      .updateTable('flows')
      .set({ source, deleted: row.deleted, at_ms: row.at_ms, version: row.version })
      .where('tenant', '=', tenant)
      .where('namespace', '=', namespace)
      .where('id', '=', id)
      .where('revision', '=', revision)
      .execute();
}

async function addLines(open: Open, idiom: Idiom, lines: readonly LogLine[]): Promise<void> {
  const asked = open.insertInto('logs').values(lines.map(lineRowOf));
  await (idiom.kind === 'mysql' ? asked.ignore() : asked.onConflict((met) => met.doNothing())).execute();
}

async function addMetrics(open: Open, idiom: Idiom, metrics: readonly MetricEntry[]): Promise<void> {
  const asked = open.insertInto('metrics').values(metrics.map(metricRowOf));
  await (idiom.kind === 'mysql' ? asked.ignore() : asked.onConflict((met) => met.doNothing())).execute();
}

/** All rows have the columns of the first. */
async function upsert(
  open: Open,
  { kind }: Idiom,
  table: keyof Tables,
  keys: readonly string[],
  rows: readonly object[],
): Promise<void> {
  const columns = Object.keys(rows[0]!).filter((name) => name !== 'no' && !keys.includes(name));
  const asked = open.insertInto(table).values(rows as never);
  if (kind === 'mysql') {
    const set = Object.fromEntries(columns.map((name) => [name, open.fn('values', [name as never])]));
    await asked.onDuplicateKeyUpdate(set as never).execute();
    return;
  }
  await asked
    .onConflict((met) =>
      met
        .columns(keys as never)
        .doUpdateSet(((eb: { ref(name: string): unknown }) =>
          Object.fromEntries(columns.map((name) => [name, eb.ref(`excluded.${name}`)]))) as never),
    )
    .execute();
}

function* parted<T>(rows: readonly T[], most = AT_ONCE): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += most) yield rows.slice(from, from + most);
}
