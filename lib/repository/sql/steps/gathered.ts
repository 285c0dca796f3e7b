/**
 * SQLite writes its index of texts out at each statement of a trigger: five times what the line itself costs. So triggers note the
 * numbers of new rows, and whoever writes a batch gathers what was noted at its end (`GATHER` in `write.ts`), also what an older
 * server has left.
 */
import { type Kysely, sql } from 'kysely';
import type { Idiom, Statement } from '../database.ts';
import type { Tables } from '../schema.ts';

const HOUR_MS = 3_600_000;
const NAMED = ['tenant', 'id', 'namespace', 'flow_id', 'labels', 'start_ms'];
const differs = NAMED.map((name) => `old.${name} is not new.${name}`).join(' or ');
const isNamed = (row: string) => `${row}.labels is not null and ${row}.tenant is not null`;

const labelled = (row: string) => `insert into execution_labels (name, value, start_ms, execution_no)
    select key, value, ${row}.start_ms, ${row}.no from json_each(${row}.labels) where ${isNamed(row)};`;
const unlabelled = (row: string) => `delete from execution_labels where (name, value, start_ms, execution_no) in
    (select key, value, ${row}.start_ms, ${row}.no from json_each(${row}.labels));`;
const noted = 'insert or ignore into executions_noted (no) values (new.no);';

const SQLITE: readonly string[] = [
  ...['logs_count_new', 'logs_count_old', 'executions_name_new', 'executions_name_old', 'executions_name_changed'].map(
    (name) => `drop trigger ${name}`,
  ),
  'create table lines_noted (no integer primary key)',
  'create table executions_noted (no integer primary key)',
  'create trigger logs_note after insert on logs begin insert into lines_noted (no) values (new.no); end',
  `create trigger logs_forget after delete on logs begin
    update line_counts set count = count - 1
      where (hour_ms, namespace, level, shard) = (old.at_ms - old.at_ms % ${HOUR_MS}, old.namespace, old.level, 0)
        and not exists (select 1 from lines_noted where no = old.no);
    delete from line_texts where rowid = old.no;
    delete from lines_noted where no = old.no; end`,
  `create trigger executions_name_new after insert on executions when ${isNamed('new')} begin
    ${noted} ${labelled('new')} end`,
  `create trigger executions_name_changed after update of ${NAMED} on executions when ${differs} begin
    ${unlabelled('old')} ${noted} ${labelled('new')} end`,
  `create trigger executions_name_old after delete on executions when ${isNamed('old')} begin
    ${unlabelled('old')}
    delete from execution_texts where rowid = old.no;
    delete from executions_noted where no = old.no; end`,
];

export const gathered = (db: Kysely<Tables>, { kind }: Idiom): readonly Statement[] =>
  kind === 'sqlite' ? SQLITE.map((text) => ({ compile: () => sql.raw(text).compile(db) })) : [];
