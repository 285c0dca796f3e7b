/**
 * Which rows a search looks at, so that its time does not grow with the table. Each part of a search that an index answers is
 * counted on that index, so far and no further: where one of them has few rows, these are all that is looked at, and the answer
 * is whole. Where all have many, rows are looked at in the order of time; a list for eyes (`bounded`) stops after so many of
 * them, and says how far it came.
 */
import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

export interface Part {
  readonly condition: Expression<SqlBool>;
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
}

type Asking = Pick<Database, 'db' | 'idiom' | 'reach'>;

export async function narrowed<T extends 'executions' | 'logs'>(
  asking: Asking,
  given: Narrowing<T>,
): Promise<Narrowed<T>> {
  const { parts, basis, span } = given;
  const part = await fewest(asking, given);
  if (part) return { asked: ofPart(asking, given, part) };
  const conditions = [...basis.answers, ...span, ...parts.map(({ condition }) => condition)];
  const asked = from(asking, given, basis.index, conditions);
  const isDirect = parts.length === 0 && given.isInTime;
  const reachedMs = given.bounded && !isDirect ? await reachOf(asking, given) : undefined;
  if (reachedMs === undefined) return { asked };
  const beyond = given.descending ? sql`>=` : sql`<=`;
  const bound = sql<SqlBool>`${sql.ref(given.time)} ${beyond} ${reachedMs}`;
  return { asked: from(asking, given, basis.index, [...conditions, bound]), reachedMs };
}

/** The part with the fewest rows, if they are few. */
async function fewest<T extends 'executions' | 'logs'>(asking: Asking, given: Narrowing<T>): Promise<Part | undefined> {
  const key = given.parts.find(({ isKey }) => isKey);
  if (key) return key;
  let [part, least]: [Part | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const each of given.parts) {
    if (each.few === undefined) continue;
    const most = Math.min(asking.reach[each.few], least);
    const found = each.numbers ? await numbersIn(asking, each.numbers, most) : undefined;
    const count = found ? found.length : await countOf(asking, given, each, most);
    // What was found once is not looked for again.
    if (count < most) [part, least] = [found ? { ...each, numbers: listed(found) } : each, count];
    if (count === 0) break;
  }
  return part;
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
  const rows = from(asking, given, part.index, [...given.span, part.condition])
    .select(sql.lit(1).as('one'))
    .limit(most);
  const counted = sql<{ count: number }>`select count(*) as count from (${rows}) as counted`;
  return Number((await counted.execute(asking.db)).rows[0]!.count);
}

/** All that fits, found by way of this part. */
function ofPart<T extends 'executions' | 'logs'>(asking: Asking, given: Narrowing<T>, part: Part) {
  const conditions = [...given.basis.answers, ...given.span, ...given.parts.map(({ condition }) => condition)];
  if (!part.numbers) return from(asking, given, part.index, conditions);
  return from(asking, given, undefined, [sql<SqlBool>`no in (${part.numbers})`, ...conditions]);
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
