/** Terms of a search as SQL, the same for every database. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type {
  AnywhereTerm,
  LabelTerm,
  NumberComparison,
  NumberTerm,
  PresenceTerm,
  TextComparison,
  TextTerm,
  Where,
} from '../where.ts';
import { anywhere, escaped, like } from './page.ts';

type Term = TextTerm<string> | NumberTerm<string> | LabelTerm | PresenceTerm<string> | AnywhereTerm;
type Column = RawBuilder<unknown>;

export interface Searched {
  /** By the names of a search. */
  readonly columns: Readonly<Record<string, Column>>;
  /** What is looked through for a text that may stand anywhere. */
  readonly texts: readonly Column[];
  /** Whether it has a label with this value. */
  readonly labelled?: (key: string, value: string) => Expression<SqlBool>;
}

export function conditionOf(where: Where<Term>, searched: Searched): Expression<SqlBool> {
  if ('all' in where) return joined(where.all, sql` and `, sql<SqlBool>`1 = 1`, searched);
  if ('any' in where) return joined(where.any, sql` or `, sql<SqlBool>`1 = 0`, searched);
  // What is unknown does not fit, and so fits the negation.
  if ('not' in where) return sql<SqlBool>`((${conditionOf(where.not, searched)}) is not true)`;
  return termOf(where, searched);
}

function joined(
  parts: readonly Where<Term>[],
  by: RawBuilder<unknown>,
  empty: Expression<SqlBool>,
  searched: Searched,
): Expression<SqlBool> {
  if (parts.length === 0) return empty;
  return sql<SqlBool>`(${sql.join(
    parts.map((part) => conditionOf(part, searched)),
    by,
  )})`;
}

function termOf(term: Term, { columns, texts, labelled }: Searched): Expression<SqlBool> {
  if ('anywhere' in term) return anyOf(texts, term.anywhere);
  if ('label' in term) return labelled!(term.label, term.value);
  if ('present' in term) return sql<SqlBool>`${columns[term.present]!} is not null`;
  const column = columns[term.field]!;
  return typeof term.value === 'number'
    ? compared(column, term.is as NumberComparison, term.value)
    : textual(column, term.is as TextComparison, term.value);
}

export const anyOf = (columns: readonly Column[], text: string): Expression<SqlBool> =>
  sql<SqlBool>`(${sql.join(
    columns.map((column) => like(column, anywhere(text))),
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

function textual(column: Column, comparison: TextComparison, value: string): Expression<SqlBool> {
  switch (comparison) {
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
