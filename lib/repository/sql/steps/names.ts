/**
 * What an execution is found by, on SQLite, in one trigger: of two on the same event SQLite fires the later one first, so that
 * new names came before the old ones had gone, and every change of labels was refused. Texts are indexed anew, since some had
 * gone after they had come.
 */
import { type Kysely, sql } from 'kysely';
import type { Idiom, Statement } from '../database.ts';
import type { Tables } from '../schema.ts';

const NAMED = ['tenant', 'id', 'namespace', 'flow_id', 'labels', 'start_ms'];
const differing = NAMED.map((name) => `old.${name} is not new.${name}`).join(' or ');
const text = (row: string) =>
  `${row}.no, ${row}.id || ' ' || ${row}.namespace || ' ' || ${row}.flow_id || ' ' || ${row}.labels`;
const isNamed = (row: string) => `${row}.labels is not null and ${row}.tenant is not null`;

const SQLITE: readonly string[] = [
  'drop trigger executions_name_before',
  'drop trigger executions_name_after',
  `create trigger executions_name_changed after update of ${NAMED} on executions when ${differing} begin
    delete from execution_texts where rowid = old.no;
    delete from execution_labels where (name, value, start_ms, execution_no) in
      (select key, value, old.start_ms, old.no from json_each(old.labels));
    insert into execution_texts (rowid, text) select ${text('new')} where ${isNamed('new')};
    insert into execution_labels (name, value, start_ms, execution_no)
      select key, value, new.start_ms, new.no from json_each(new.labels) where ${isNamed('new')};
  end`,
  "insert into execution_texts (execution_texts) values ('delete-all')",
  `insert into execution_texts (rowid, text) select ${text('e')} from executions e where ${isNamed('e')}`,
];

export const names = (db: Kysely<Tables>, { kind }: Idiom): readonly Statement[] =>
  kind === 'sqlite' ? SQLITE.map((text) => ({ compile: () => sql.raw(text).compile(db) })) : [];
