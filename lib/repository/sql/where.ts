/** Terms of a search as SQL, the same for every database. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { NumberComparison, TextComparison, Where } from '../where.ts';
import type { Idiom } from './database.ts';
import { anywhere, escaped } from './page.ts';
import { kept } from './rows.ts';
import { fieldsOf, type Term, valuesOf } from './terms.ts';

type Column = RawBuilder<unknown>;

export interface Searched {
  /** By the names of a search. */
  readonly columns: Readonly<Record<string, Column>>;
  /** What is looked through for a text that may stand anywhere. */
  readonly texts: readonly Column[];
  /** A JSON object. */
  readonly labels?: Column;
  /** One whose beginning is looked for along its index: in the case that it is written in. */
  readonly key?: string;
}

export function conditionOf(where: Where<Term>, searched: Searched, idiom: Idiom): Expression<SqlBool> {
  const parts = (some: readonly Where<Term>[]) => some.map((part) => conditionOf(part, searched, idiom));
  if ('all' in where) return joined(parts(where.all), sql` and `, sql<SqlBool>`1 = 1`);
  if ('any' in where) return listed(where, searched) ?? joined(parts(where.any), sql` or `, sql<SqlBool>`1 = 0`);
  // What is unknown does not fit, and so fits the negation.
  if ('not' in where) return sql<SqlBool>`((${conditionOf(where.not, searched, idiom)}) is not true)`;
  return termOf(where, searched, idiom);
}

/** Postgres looks a list up along an index that has more than it is asked for, and alternatives on rows. */
function listed(where: Where<Term>, { columns }: Searched): Expression<SqlBool> | undefined {
  const [field = '', ...others] = new Set(fieldsOf(where));
  const values = others.length === 0 && field in columns ? valuesOf(where, field) : undefined;
  if (values === undefined || values.length < 2) return undefined;
  return sql<SqlBool>`${columns[field]!} in (${sql.join(values.map(kept))})`;
}

function joined(
  parts: readonly Expression<SqlBool>[],
  by: RawBuilder<unknown>,
  empty: Expression<SqlBool>,
): Expression<SqlBool> {
  return parts.length === 0 ? empty : sql<SqlBool>`(${sql.join(parts, by)})`;
}

function termOf(term: Term, { columns, texts, labels, key }: Searched, idiom: Idiom): Expression<SqlBool> {
  if ('anywhere' in term) return anyOf(texts, term.anywhere, idiom);
  if ('label' in term) return idiom.labelled(labels!, kept(term.label), kept(term.value));
  if ('present' in term) return sql<SqlBool>`${columns[term.present]!} is not null`;
  const column = columns[term.field]!;
  if (typeof term.value === 'number') return compared(column, term.is as NumberComparison, term.value);
  const value = kept(term.value);
  if (term.field === key && term.is === 'startingWith') return beginning(column, value);
  return textual(column, { is: term.is as TextComparison, value }, idiom);
}

/** Those that begin alike stand side by side in their index. */
const beginning = (column: Column, value: string): Expression<SqlBool> =>
  sql<SqlBool>`(${column} >= ${value} and ${column} < ${`${value}\u{10FFFF}`})`;

export const anyOf = (columns: readonly Column[], text: string, { like }: Idiom): Expression<SqlBool> =>
  sql<SqlBool>`(${sql.join(
    columns.map((column) => like(column, anywhere(kept(text)))),
    sql` or `,
  )})`;

function compared(column: Column, comparison: NumberComparison, value: number): Expression<SqlBool> {
  switch (comparison) {
    case 'equal':
      return sql<SqlBool>`${column} = ${value}`;
    case 'atLeast':
      return sql<SqlBool>`${column} >= ${value}`;
    case 'atMost':
      return sql<SqlBool>`${column} <= ${value}`;
    case 'above':
      return sql<SqlBool>`${column} > ${value}`;
    case 'under':
      return sql<SqlBool>`${column} < ${value}`;
  }
}

interface Compared {
  readonly is: TextComparison;
  readonly value: string;
}

function textual(column: Column, { is, value }: Compared, { like }: Idiom): Expression<SqlBool> {
  switch (is) {
    case 'equal':
      return sql<SqlBool>`${column} = ${value}`;
    case 'containing':
      return like(column, anywhere(value));
    case 'startingWith':
      return like(column, `${escaped(value)}%`);
    case 'endingWith':
      return like(column, `%${escaped(value)}`);
    case 'below':
      return belowIn(column, value);
  }
}

/** The text itself, and all that goes on behind a dot: `/` follows `.`, and stands in no namespace. */
export const belowIn = (column: Column, prefix: string): Expression<SqlBool> =>
  sql<SqlBool>`(${column} = ${prefix} or (${column} >= ${`${prefix}.`} and ${column} < ${`${prefix}/`}))`;
