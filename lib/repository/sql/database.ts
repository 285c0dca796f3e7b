/**
 * A database as the repository uses it: kysely's questions, batches, deletions in one transaction; and `Idiom`, the few
 * things that databases say differently. Adapters: `sqlite-database.ts`, and `server-database.ts` for Postgres and MySQL.
 */
import type { CompiledQuery, Expression, Kysely, RawBuilder, SqlBool } from 'kysely';
import type { Batch } from '../repository.ts';
import type { LabelTerm } from '../where.ts';
import type { Reach } from './reach.ts';
import type { Tables } from './schema.ts';

export type Kind = 'sqlite' | 'postgres' | 'mysql';

/** Types of columns. `name` may be part of a key and holds at most 191 characters; `text` has no limit. */
export type ColumnType = 'name' | 'text' | 'integer' | 'double';

export interface Idiom {
  readonly kind: Kind;
  readonly types: Readonly<Record<ColumnType, RawBuilder<unknown>>>;
  /** The column `no`: numbers that the database gives. */
  readonly numbered: RawBuilder<unknown>;
  /** By what an execution is found that an index has named: each index holds it. */
  readonly named: 'no' | 'id';
  /** How a table that lies in the order of its key ends. */
  readonly keyed: RawBuilder<unknown>;
  /** An index may leave rows out. */
  readonly partialIndexes: boolean;
  /** The text fits the pattern, whatever the case of its letters; `!` escapes. */
  like(column: RawBuilder<unknown>, pattern: string): Expression<SqlBool>;
  /** Numbers of rows that may fit, from an index that is asked by itself. */
  readonly numbersOf?: {
    label(term: LabelTerm): RawBuilder<{ no: number }>;
    text(index: 'execution_texts' | 'line_texts', text: string): RawBuilder<{ no: number }>;
  };
  /** What must be so for the text to stand in an execution's texts, in the words of their index. */
  mayHold?(text: string): Expression<SqlBool>;
  /** Postgres chooses indexes by itself: what it thinks of them, and how it is kept from them. */
  readonly planner?: {
    /** About how many rows there are. */
    estimate(db: Kysely<Tables>, question: RawBuilder<unknown>): Promise<number>;
    /** The same in words that no index knows. */
    onRow(condition: Expression<SqlBool>): Expression<SqlBool>;
  };
  /** A JSON object in a text has this text under this key. */
  labelled(column: RawBuilder<unknown>, key: string, value: string): Expression<SqlBool>;
}

export interface Statement {
  compile(): CompiledQuery;
}

export interface Database {
  readonly idiom: Idiom;
  readonly db: Kysely<Tables>;
  /** A text in a row is found by an index: by three of its letters or more. */
  readonly isTextIndexed: boolean;
  readonly reach: Reach;
  write(batch: Batch): Promise<void>;
  /** One transaction; how many rows the first one changed. */
  inOne(statements: readonly Statement[]): Promise<number>;
  close(): Promise<void>;
}
