/**
 * Executions and log lines counted by time. Whole days (of lines: hours) are read where triggers have counted them, what is left at
 * both ends of a span is counted on rows; so is all where something else is asked for than what they are counted by.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { State } from '../../model/state.ts';
import type { ExecutionCount, ExecutionCounting, LineCount, LineCounting, Span } from '../statistics.ts';
import type { ExecutionWhere, LineWhere } from '../where.ts';
import type { Database } from './database.ts';
import { EXECUTIONS } from './execution-filter.ts';
import { executionsNarrowing } from './execution-parts.ts';
import { LINES } from './line-filter.ts';
import { linesNarrowing } from './line-parts.ts';
import { narrowed } from './narrow.ts';
import { fieldsOf } from './terms.ts';
import { conditionOf } from './where.ts';

type Asking = Pick<Database, 'db' | 'idiom' | 'reach' | 'isTextIndexed'>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OF_EXECUTIONS: ReadonlySet<string> = new Set(['namespace', 'flowId', 'state']);
const OF_LINES: ReadonlySet<string> = new Set(['namespace', 'level']);
const NAMES = { namespace: ['namespace'], flow: ['namespace', 'flow_id'] } as const;

/** What is kept by that width already is grouped as it lies. */
const groupOf = (column: string, widthMs: number, keptMs = 1): RawBuilder<number> =>
  widthMs === keptMs
    ? sql<number>`${sql.ref(column)}`
    : sql<number>`${sql.ref(column)} - ${sql.ref(column)} % ${sql.lit(widthMs)}`;

interface Pieces {
  /** Spans whose rows are counted. */
  readonly rows: readonly Pick<Span, 'fromMs' | 'untilMs'>[];
  /** What lies between them: whole units. */
  readonly whole?: Pick<Span, 'fromMs' | 'untilMs'>;
}

function piecesOf({ fromMs, untilMs }: Span, unitMs: number): Pieces {
  const [begin, end] = [Math.ceil(fromMs / unitMs) * unitMs, Math.floor((untilMs + 1) / unitMs) * unitMs];
  if (begin >= end) return { rows: [{ fromMs, untilMs }] };
  const edges = [
    { fromMs, untilMs: begin - 1 },
    { fromMs: end, untilMs },
  ];
  return { rows: edges.filter((edge) => edge.fromMs <= edge.untilMs), whole: { fromMs: begin, untilMs: end - 1 } };
}

export async function countExecutions(asking: Asking, asked: ExecutionCounting): Promise<readonly ExecutionCount[]> {
  const { text, labels = {}, widthMs } = asked;
  const where = whereOf(asked);
  const isCounted =
    !text && Object.keys(labels).length === 0 && fieldsOf(where).every((field) => OF_EXECUTIONS.has(field));
  const isKept = asking.idiom.kind !== 'mysql' && widthMs % DAY_MS === 0 && isCounted;
  const pieces: Pieces = isKept ? piecesOf(asked, DAY_MS) : { rows: [asked] };
  const found: ExecutionCount[] = [];
  for (const piece of pieces.rows) found.push(...(await onRows(asking, { ...asked, ...piece, where })));
  if (pieces.whole) found.push(...(await onDays(asking, { ...asked, ...pieces.whole, where })));
  // A day lies in one piece.
  if (widthMs === DAY_MS) return found;
  return merged(found, ({ fromMs, namespace, flowId, state }) => [fromMs, namespace, flowId, state].join(' '), sumOf);
}

const sumOf = (one: ExecutionCount, other: ExecutionCount): ExecutionCount => ({
  ...one,
  count: one.count + other.count,
  ended: one.ended + other.ended,
  sumMs: one.sumMs + other.sumMs,
  minMs: one.ended === 0 ? other.minMs : other.ended === 0 ? one.minMs : Math.min(one.minMs, other.minMs),
  maxMs: Math.max(one.maxMs, other.maxMs),
});

/** All that is asked besides text and labels. */
function whereOf({ namespacePrefix, flowId, states, flows, where }: ExecutionCounting): ExecutionWhere {
  const all: ExecutionWhere[] = where ? [where] : [];
  if (namespacePrefix !== undefined) all.push({ field: 'namespace', is: 'below', value: namespacePrefix });
  if (flowId !== undefined) all.push({ field: 'flowId', is: 'equal', value: flowId });
  if (states) all.push({ any: states.map((value) => ({ field: 'state', is: 'equal', value }) as const) });
  if (flows)
    all.push({
      any: flows.map(({ namespace, id }) => ({
        all: [
          { field: 'namespace', is: 'equal', value: namespace },
          { field: 'flowId', is: 'equal', value: id },
        ],
      })),
    });
  return { all };
}

async function onRows(asking: Asking, asked: ExecutionCounting): Promise<readonly ExecutionCount[]> {
  const { tenant, text, labels, where, fromMs, untilMs, widthMs, by } = asked;
  const search = { tenant, text, labels, where, startedAfterMs: fromMs, startedBeforeMs: untilMs };
  const narrowing = await executionsNarrowing(asking, search);
  if (!narrowing) return [];
  const { asked: rows } = await narrowed(asking, { ...narrowing, ...UNORDERED });
  const lasted = sql<number>`ended_ms - start_ms`;
  const names = by === undefined ? [] : NAMES[by];
  const found = await rows
    .select(({ fn }) => [
      groupOf('start_ms', widthMs).as('from_ms'),
      'state',
      fn.countAll<number>().as('count'),
      fn.count<number>('ended_ms').as('ended'),
      fn.sum<number>(lasted).as('sum'),
      fn.min<number>(lasted).as('min'),
      fn.max<number>(lasted).as('max'),
    ])
    .select([...names])
    .groupBy(groupOf('start_ms', widthMs))
    .groupBy(['state', ...names])
    .execute();
  return found.map(countOf);
}

const UNORDERED = { descending: true, isInTime: true, bounded: false };

async function onDays({ db, idiom }: Asking, asked: ExecutionCounting): Promise<readonly ExecutionCount[]> {
  const { tenant, where, fromMs, untilMs, widthMs, by } = asked;
  const names = by === undefined ? [] : NAMES[by];
  const found = await db
    .selectFrom('execution_counts')
    .where('tenant', '=', tenant)
    .where('day_ms', '>=', fromMs)
    .where('day_ms', '<=', untilMs)
    .where(conditionOf(where!, EXECUTIONS, idiom))
    .select(({ fn }) => [
      groupOf('day_ms', widthMs, DAY_MS).as('from_ms'),
      'state',
      fn.sum<number>('count').as('count'),
      fn.sum<number>('ended').as('ended'),
      fn.sum<number>('sum_ms').as('sum'),
      fn.min<number>('min_ms').as('min'),
      fn.max<number>('max_ms').as('max'),
    ])
    .select([...names])
    .groupBy(groupOf('day_ms', widthMs, DAY_MS))
    .groupBy([...names, 'state'])
    .having(sql<SqlBool>`sum(count) > 0`)
    .execute();
  return found.map(countOf);
}

interface Counted {
  readonly from_ms: number;
  readonly state: string | null;
  readonly namespace?: string | null;
  readonly flow_id?: string | null;
  readonly count: number;
  readonly ended: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Other databases give sums and counts as texts; of none that has ended they are null. There may be tens of thousands. */
function countOf(row: Counted): ExecutionCount {
  const count = {
    fromMs: Number(row.from_ms),
    state: row.state as State,
    count: Number(row.count),
    ended: Number(row.ended),
    sumMs: Number(row.sum),
    minMs: Number(row.min),
    maxMs: Number(row.max),
  };
  if (!row.namespace) return count;
  return row.flow_id
    ? Object.assign(count, { namespace: row.namespace, flowId: row.flow_id })
    : Object.assign(count, { namespace: row.namespace });
}

export async function countLines(asking: Asking, asked: LineCounting): Promise<readonly LineCount[]> {
  const { namespacePrefix, flowId, levels, where: given, widthMs } = asked;
  const all: LineWhere[] = given ? [given] : [];
  if (namespacePrefix !== undefined) all.push({ field: 'namespace', is: 'below', value: namespacePrefix });
  if (flowId !== undefined) all.push({ field: 'flowId', is: 'equal', value: flowId });
  if (levels) all.push({ any: levels.map((value) => ({ field: 'level', is: 'equal', value }) as const) });
  const where: LineWhere = { all };
  const isKept = asking.idiom.kind !== 'mysql' && widthMs % HOUR_MS === 0;
  const isCounted = isKept && fieldsOf(where).every((field) => OF_LINES.has(field));
  const pieces: Pieces = isCounted ? piecesOf(asked, HOUR_MS) : { rows: [asked] };
  const found: LineCount[] = [];
  for (const piece of pieces.rows) found.push(...(await onLines(asking, { ...asked, ...piece, where })));
  if (pieces.whole) found.push(...(await onHours(asking, { ...asked, ...pieces.whole, where })));
  return merged(
    found,
    ({ fromMs, level }) => `${fromMs} ${level}`,
    (one, { count }) => ({ ...one, count: one.count + count }),
  );
}

async function onLines(
  asking: Asking,
  { where, fromMs, untilMs, widthMs }: LineCounting,
): Promise<readonly LineCount[]> {
  const span: readonly LineWhere[] = [
    { field: 'atMs', is: 'atLeast', value: fromMs },
    { field: 'atMs', is: 'atMost', value: untilMs },
  ];
  const narrowing = await linesNarrowing(asking, { where: { all: [...span, where!] }, limit: 1 });
  if (!narrowing) return [];
  const { asked } = await narrowed(asking, { ...narrowing, ...UNORDERED });
  const from = groupOf('at_ms', widthMs);
  const found = await asked
    .select(({ fn }) => [from.as('from_ms'), 'level', fn.countAll<number>().as('count')])
    .groupBy(from)
    .groupBy('level')
    .execute();
  return found.map(({ from_ms, level, count }) => ({ fromMs: Number(from_ms), level, count: Number(count) }));
}

async function onHours(
  { db, idiom }: Asking,
  { where, fromMs, untilMs, widthMs }: LineCounting,
): Promise<readonly LineCount[]> {
  const from = groupOf('hour_ms', widthMs, HOUR_MS);
  const found = await db
    .selectFrom('line_counts')
    .where('hour_ms', '>=', fromMs)
    .where('hour_ms', '<=', untilMs)
    .where(conditionOf(where!, LINES, idiom))
    .select(({ fn }) => [from.as('from_ms'), 'level', fn.sum<number>('count').as('count')])
    .groupBy(from)
    .groupBy('level')
    .having(sql<SqlBool>`sum(count) > 0`)
    .execute();
  return found.map(({ from_ms, level, count }) => ({ fromMs: Number(from_ms), level, count: Number(count) }));
}

/** A group that lies in several pieces is one. */
function merged<T>(all: readonly T[], keyOf: (one: T) => string, sum: (one: T, other: T) => T): readonly T[] {
  const groups = new Map<string, T>();
  for (const each of all) {
    const key = keyOf(each);
    const known = groups.get(key);
    groups.set(key, known === undefined ? each : sum(known, each));
  }
  return [...groups.values()];
}
