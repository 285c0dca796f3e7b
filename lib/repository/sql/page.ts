/**
 * Pages of a search: by offset, or by keyset (the sort's value and the id of the last row, opaque to whoever carries it).
 * Totals are counted up to TOTAL_MAX.
 */
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { Fault } from '../../errors.ts';
import { type ExecutionSearch, TOTAL_MAX } from '../repository.ts';
import type { Tables } from './schema.ts';

export type Key = readonly (string | number)[];

export const LIMIT_MAX = 1_000;

export const cursorOf = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** `length` parts, or a refusal: the text comes from outside. */
export function keyOf(cursor: string, length: number): Key {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => typeof part === 'string' || typeof part === 'number')
    )
      return key;
  } catch {
    // Falls through to the refusal: not JSON is as wrong as the wrong JSON.
  }
  throw new Fault('request.invalid', 'expected the cursor that the last page gave');
}

/** One row more than asked says whether there is a next page. */
export function cut<R, T>(
  rows: readonly R[],
  limit: number,
  total: number,
  rowOf: (row: R) => T,
  keyIn: (row: R) => Key,
) {
  const shown = rows.slice(0, limit);
  const page = { rows: shown.map(rowOf), total };
  return rows.length > limit ? { ...page, next: cursorOf(keyIn(shown.at(-1)!)) } : page;
}

export async function totalOf<T extends keyof Tables>(
  db: Kysely<Tables>,
  asked: SelectQueryBuilder<Tables, T, object>,
): Promise<number> {
  const found = asked.select(sql.lit(1).as('one')).limit(TOTAL_MAX).as('found');
  const counted = await db
    .selectFrom(found)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(counted.total);
}

/** Nothing is counted where the page is the last one, or nobody asks. */
export async function totalOfPage<T extends keyof Tables>(
  db: Kysely<Tables>,
  {
    asked,
    search: { offset = 0, after, uncounted },
    total,
    rows,
    limit,
  }: {
    readonly asked: SelectQueryBuilder<Tables, T, object>;
    readonly search: Pick<ExecutionSearch, 'offset' | 'after' | 'uncounted'>;
    /** Where it is known. */
    readonly total?: number | undefined;
    readonly rows: readonly unknown[];
    readonly limit: number;
  },
): Promise<number> {
  if (total !== undefined) return Math.min(TOTAL_MAX, total);
  if (uncounted) return Math.min(rows.length, limit);
  const isLast = after === undefined && rows.length <= limit && (rows.length > 0 || offset === 0);
  if (isLast) return Math.min(TOTAL_MAX, offset + rows.length);
  return totalOf(db, asked);
}

export const limited = (limit: number): number => Math.min(Math.max(1, limit), LIMIT_MAX);

/** For `like`: the text anywhere. Escaped by `!`: a backslash is read in another way by every database. */
export const anywhere = (text: string): string => `%${escaped(text)}%`;
export const escaped = (text: string): string => text.replace(/[!%_]/g, '!$&');
