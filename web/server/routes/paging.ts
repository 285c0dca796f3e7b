/** `page` from 1, `size`, as Kestra's clients send them. */
import { Fault } from '../../../lib/errors.ts';

const SIZE = 10;
const SIZE_MAX = 1_000;
const OFFSET_MAX = 1_000_000;

export function pageOf(query: URLSearchParams): { readonly limit: number; readonly offset: number } {
  const page = whole(query, 'page', 1);
  const limit = Math.min(whole(query, 'size', SIZE), SIZE_MAX);
  const offset = (page - 1) * limit;
  if (offset > OFFSET_MAX)
    throw new Fault(
      'request.invalid',
      `page: expected one of the first ${OFFSET_MAX} rows, got row ${offset}: narrow the search`,
    );
  return { limit, offset };
}

function whole(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Fault(
      'request.invalid',
      `${name}: expected a whole number from 1, got ${JSON.stringify(text.slice(0, 40))}`,
    );
  return value;
}
