/** `page` from 1, `size`, `sort=field:asc`, as Kestra's clients send them. */
import type { Page } from '../../../lib/repository/repository.ts';
import type { PageBody } from '../../api/bodies.ts';
import { iso } from '../views/time.ts';
import { refused, textOf, wholeOf } from './query.ts';

const SIZE = 10;
const SIZE_MAX = 1_000;
const OFFSET_MAX = 1_000_000;

export function pageOf(query: URLSearchParams): { readonly limit: number; readonly offset: number } {
  const page = wholeOf(query, 'page', 1) ?? 1;
  const limit = Math.min(wholeOf(query, 'size', 1) ?? SIZE, SIZE_MAX);
  const offset = (page - 1) * limit;
  if (offset > OFFSET_MAX)
    throw refused('page', `one of the first ${OFFSET_MAX} rows (narrow the search)`, `row ${offset}`);
  return { limit, offset };
}

/** As the repository found it. */
export const pageBody = <R, T>({ rows, total, reachedMs }: Page<R>, bodyOf: (row: R) => T): PageBody<T> => ({
  results: rows.map(bodyOf),
  total,
  ...(reachedMs === undefined ? {} : { reached: iso(reachedMs) }),
});

/** `known` maps the names that clients send to ours. Of several, parted by commas, the first counts: what is equal there is in an order of its own. */
export function sortOf<T extends string>(
  query: URLSearchParams,
  known: Readonly<Record<string, T>>,
): { readonly by: T; readonly descending: boolean } | undefined {
  const text = textOf(query, 'sort');
  if (text === undefined) return undefined;
  const [first = ''] = text.split(',');
  const [name = '', direction = 'asc'] = first.split(':');
  if (!Object.hasOwn(known, name) || !['asc', 'desc'].includes(direction.toLowerCase()))
    throw refused('sort', `one of ${Object.keys(known).join(', ')} with :asc or :desc`, text);
  return { by: known[name]!, descending: direction.toLowerCase() === 'desc' };
}
