/** Executions and log lines counted by time. */
import { sql } from 'kysely';
import type { State } from '../../model/state.ts';
import type { ExecutionCount, ExecutionCounting, LineCount, LineCounting } from '../statistics.ts';
import type { Database } from './database.ts';
import { below, matching } from './executions.ts';
import { SEARCHED } from './lines.ts';
import { conditionOf } from './where.ts';

type Asking = Pick<Database, 'db' | 'idiom'>;

const groupOf = (column: 'start_ms' | 'at_ms', widthMs: number) =>
  sql<number>`${sql.ref(column)} - ${sql.ref(column)} % ${sql.lit(widthMs)}`;

const NAMES = { namespace: ['namespace'], flow: ['namespace', 'flow_id'] } as const;

export async function countExecutions(
  { db, idiom }: Asking,
  asked: ExecutionCounting,
): Promise<readonly ExecutionCount[]> {
  const { fromMs, untilMs, widthMs, flows, by, ...filter } = asked;
  const span = { startedAfterMs: fromMs, startedBeforeMs: untilMs };
  let counted = matching(db.selectFrom('executions'), { ...filter, ...span }, idiom);
  if (flows)
    counted = counted.where(({ or, and }) => or(flows.map(({ namespace, id }) => and({ namespace, flow_id: id }))));
  const names = by === undefined ? [] : NAMES[by];
  const from = groupOf('start_ms', widthMs);
  const lasted = sql<number>`ended_ms - start_ms`;
  const rows = await counted
    .select(({ fn }) => [
      from.as('from_ms'),
      'state',
      fn.countAll<number>().as('count'),
      fn.count<number>('ended_ms').as('ended'),
      fn.sum<number>(lasted).as('sum'),
      fn.min<number>(lasted).as('min'),
      fn.max<number>(lasted).as('max'),
    ])
    .select([...names])
    .groupBy(from)
    .groupBy(['state', ...names])
    .execute();
  // Other databases give sums and counts as texts; of none that has ended they are null.
  return rows.map(({ namespace, flow_id, ...row }) => ({
    fromMs: Number(row.from_ms),
    ...(namespace ? { namespace } : {}),
    ...(flow_id ? { flowId: flow_id } : {}),
    state: row.state as State,
    count: Number(row.count),
    ended: Number(row.ended),
    sumMs: Number(row.sum),
    minMs: Number(row.min),
    maxMs: Number(row.max),
  }));
}

export async function countLines({ db, idiom }: Asking, asked: LineCounting): Promise<readonly LineCount[]> {
  const { fromMs, untilMs, widthMs, namespacePrefix, flowId, levels, where } = asked;
  let counted = db.selectFrom('logs').where('at_ms', '>=', fromMs).where('at_ms', '<=', untilMs);
  if (namespacePrefix !== undefined) counted = counted.where(below(namespacePrefix));
  if (flowId !== undefined) counted = counted.where('flow_id', '=', flowId);
  if (levels) counted = counted.where('level', 'in', [...levels]);
  if (where) counted = counted.where(conditionOf(where, SEARCHED, idiom));
  const from = groupOf('at_ms', widthMs);
  const rows = await counted
    .select(({ fn }) => [from.as('from_ms'), 'level', fn.countAll<number>().as('count')])
    .groupBy(from)
    .groupBy('level')
    .execute();
  return rows.map(({ from_ms, level, count }) => ({ fromMs: Number(from_ms), level, count: Number(count) }));
}
