/** Ids of tasks have up to 256 characters. MySQL refused longer ones than 191, and with them the batch that they came in. */
import { type Kysely, sql } from 'kysely';
import type { Idiom, Statement } from '../database.ts';
import type { Tables } from '../schema.ts';

const MYSQL: readonly string[] = [
  'alter table task_runs modify task_id varchar(256) not null',
  'alter table logs modify task_id varchar(256)',
  'alter table metrics modify task_id varchar(256) not null',
];

export const taskIds = (db: Kysely<Tables>, { kind }: Idiom): readonly Statement[] =>
  kind === 'mysql' ? MYSQL.map((text) => ({ compile: () => sql.raw(text).compile(db) })) : [];
