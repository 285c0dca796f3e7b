/**
 * Which rows a search looks at, so that its time does not grow with the table. Each part of a search that an index answers is
 * counted on that index, so far and no further: where one of them has few rows, these are all that is looked at, and the answer
 * is whole. Where all have many, rows are looked at in the order of time; a list for eyes (`bounded`) stops after so many of
 * them, and says how far it came.
 */
import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Idiom } from './database.ts';
import type { Tables } from './schema.ts';

export interface Part {
  readonly condition: Expression<SqlBool>;
  /** The same in the words of an index that Postgres should take; what stands above keeps it from that. */
  readonly inIndex?: Expression<SqlBool>;
  /** Finds its rows, in SQLite: it takes the index that it is told. Without one, and without `numbers`, nothing finds them. */
  readonly index?: string;
  /** A question for the numbers of the rows that may fit, as `no`. */
  readonly numbers?: RawBuilder<{ no: number }>;
  /** How many are few. */
  readonly few?: 'rows' | 'entries';
  /** Always few. */
  readonly isKey?: boolean;
  /** The index of time does not hold what it is judged by. */
  readonly needsRow: boolean;
}

export interface Narrowing<T extends 'executions' | 'logs'> {
  readonly table: T;
  readonly time: 'start_ms' | 'at_ms';
  /** All rows that are asked for have it; it leads each index but those of ids. */
  readonly tenant?: string;
  /** Of the span of time: each index holds it. */
  readonly span: readonly Expression<SqlBool>[];
  readonly parts: readonly Part[];
  /** In the order of time, with what it answers by that. */
  readonly basis: { readonly index: string; readonly answers: readonly Expression<SqlBool>[] };
  readonly descending: boolean;
  /** The page is in the order of time. */
  readonly isInTime: boolean;
  readonly bounded: boolean;
}

export interface Narrowed<T extends 'executions' | 'logs'> {
  readonly asked: SelectQueryBuilder<Tables, T, object>;
  /** Rows beyond this time were not looked at. */
  readonly reachedMs?: number;
  /** Where it was counted on the way. */
  readonly total?: number | undefined;
}

export const inIndex = (
  condition: Expression<SqlBool>,
  { planner }: Idiom,
  indexed: Expression<SqlBool>,
): Pick<Part, 'condition' | 'inIndex'> =>
  planner ? { condition: planner.onRow(condition), inIndex: indexed } : { condition: indexed };

type Asking = Pick<Database, 'db' | 'idiom' | 'reach'>;

export async function narrowed<T extends 'executions' | 'logs'>(
  asking: Asking,
  given: Narrowing<T>,
): Promise<Narrowed<T>> {
  const { parts, basis, span } = given;
  const { few, common } = await fewest(asking, given);
  if (few) return ofPart(asking, given, few);
  const isJudged = (part: Part) => given.bounded && common.has(part);
  const judged = parts.map((part) => (isJudged(part) ? part.condition : (part.inIndex ?? part.condition)));
  const conditions = [...basis.answers, ...span, ...judged];
  const asked = from(asking, given, basis.index, conditions);
  const isDirect = parts.length === 0 && given.isInTime;
  const reachedMs = given.bounded && !isDirect ? await reachOf(asking, given) : undefined;
  if (reachedMs === undefined) return { asked };
  const beyond = given.descending ? sql`>=` : sql`<=`;
  const bound = sql<SqlBool>`${sql.ref(given.time)} ${beyond} ${reachedMs}`;
  return { asked: from(asking, given, basis.index, [...conditions, bound]), reachedMs };
}

interface Few {
  readonly part: Part;
  /** What was found once is not looked for again. */
  readonly numbers?: RawBuilder<{ no: number }>;
  /** Of rows; `numbers` are of rows that may fit. */
  readonly count?: number;
}

interface Fewest {
  readonly few?: Few | undefined;
  /** Parts that are in so many rows that nobody should gather them. */
  readonly common: ReadonlySet<Part>;
}

/** The part with the fewest rows, if they are few. */
async function fewest<T extends 'executions' | 'logs'>(asking: Asking, given: Narrowing<T>): Promise<Fewest> {
  const key = given.parts.find(({ isKey }) => isKey);
  const common = new Set<Part>();
  if (key) return { few: { part: key }, common };
  let [few, least]: [Few | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const each of given.parts) {
    if (each.few === undefined) continue;
    const most = Math.min(asking.reach[each.few], least);
    if ((await estimated(asking, given, each)) > most * OVER) {
      common.add(each);
      continue;
    }
    const found = each.numbers ? await numbersIn(asking, each.numbers, most) : undefined;
    const count = found ? found.length : await countOf(asking, given, each, most);
    if (count < most) [few, least] = [found ? { part: each, numbers: listed(found) } : { part: each, count }, count];
    if (count === 0) break;
  }
  return { few, common };
}

async function numbersIn(
  { db }: Asking,
  numbers: RawBuilder<{ no: number }>,
  most: number,
): Promise<readonly number[]> {
  const { rows } = await sql<{ no: number }>`${numbers} limit ${sql.lit(most)}`.execute(db);
  return rows.map(({ no }) => no);
}

const listed = (numbers: readonly number[]) =>
  sql<{ no: number }>`select value as no from json_each(${JSON.stringify(numbers)})`;

async function countOf<T extends 'executions' | 'logs'>(
  asking: Asking,
  given: Narrowing<T>,
  part: Part,
  most: number,
): Promise<number> {
  const rows = from(asking, given, part.index, [...given.span, part.inIndex ?? part.condition])
    .select(sql.lit(1).as('one'))
    .limit(most);
  const counted = sql<{ count: number }>`select count(*) as count from (${rows}) as counted`;
  return Number((await counted.execute(asking.db)).rows[0]!.count);
}

/** Postgres gathers all that its index of texts names before it gives the first: so many times what is few is not asked for. */
const OVER = 10;

const estimated = async <T extends 'executions' | 'logs'>(
  { db, idiom: { planner } }: Asking,
  { table }: Narrowing<T>,
  { condition, inIndex }: Part,
): Promise<number> =>
  planner && inIndex ? planner.estimate(db, sql`select 1 from ${sql.table(table)} where ${condition}`) : 0;

/** All that fits, found by way of this part. */
function ofPart<T extends 'executions' | 'logs'>(
  asking: Asking,
  given: Narrowing<T>,
  { part, numbers = part.numbers, count }: Few,
): Narrowed<T> {
  const { basis, span, parts } = given;
  const others = parts.filter((each) => each !== part);
  const own = part.inIndex ?? part.condition;
  const conditions = [...basis.answers, ...span, own, ...others.map(({ condition }) => condition)];
  if (numbers) return { asked: from(asking, given, undefined, [sql<SqlBool>`no in (${numbers})`, ...conditions]) };
  const isAll = others.length === 0 && basis.answers.length === 0;
  return { asked: from(asking, given, part.index, conditions), total: isAll ? count : undefined };
}

function from<T extends 'executions' | 'logs'>(
  { db, idiom }: Asking,
  { table, tenant }: Narrowing<T>,
  index: string | undefined,
  conditions: readonly Expression<SqlBool>[],
): SelectQueryBuilder<Tables, T, object> {
  const isTold = idiom.kind === 'sqlite' && index !== undefined;
  const source = isTold ? sql`${sql.table(table)}`.as(sql`${sql.table(table)} indexed by ${sql.ref(index)}`) : table;
  let asked = db.selectFrom(source as T) as unknown as SelectQueryBuilder<Tables, T, object>;
  // Without an index of its own a part is found by ids: SQLite must not take one that the tenant leads.
  const own = isTold || idiom.kind !== 'sqlite' ? sql`tenant` : sql`+tenant`;
  if (tenant !== undefined) asked = asked.where(sql<SqlBool>`${own} = ${tenant}`);
  return conditions.reduce((all, condition) => all.where(condition), asked);
}

/** Where looking ends; undefined where there is no more than may be looked at. */
async function reachOf<T extends 'executions' | 'logs'>(
  asking: Asking,
  given: Narrowing<T>,
): Promise<number | undefined> {
  const { scannedEntries, scannedRows } = asking.reach;
  const most = given.parts.some(({ needsRow }) => needsRow) ? scannedRows : scannedEntries;
  const time = sql<number>`${sql.ref(given.time)}`;
  const row = await from(asking, given, given.basis.index, [...given.basis.answers, ...given.span])
    .select(time.as('time'))
    .orderBy(time, given.descending ? 'desc' : 'asc')
    .limit(1)
    .offset(most)
    .executeTakeFirst();
  return row === undefined ? undefined : Number((row as { readonly time: number }).time);
}
