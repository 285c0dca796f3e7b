/**
 * SQLite's part of `lists.ts`. Texts are indexed by their groups of three letters (FTS5, `trigram`), which names candidates: whether
 * the text stands there is judged on the row. That index knows rows by a number, so log lines get one.
 */

export const SQLITE_LOGS: readonly string[] = [
  `create table logs_numbered (no integer primary key, execution_id text not null, at_ms integer not null, seq integer not null,
    id text not null, namespace text not null, flow_id text not null, task_id text, task_run_id text, attempt integer, value text,
    level text not null, message text not null)`,
  `insert into logs_numbered (execution_id, at_ms, seq, id, namespace, flow_id, task_id, task_run_id, attempt, value, level, message)
    select execution_id, at_ms, seq, id, namespace, flow_id, task_id, task_run_id, attempt, value, level, message
    from logs order by at_ms`,
  'drop table logs',
  'alter table logs_numbered rename to logs',
  'create unique index logs_key on logs (execution_id, at_ms, seq, id)',
];

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const GROUP = (row: string) =>
  `${row}.tenant, ${row}.start_ms - ${row}.start_ms % ${DAY_MS}, ${row}.namespace, ${row}.flow_id, ${row}.state`;
const isKnown = (row: string) => `${row}.state is not null and ${row}.tenant is not null`;
const LASTED = (row: string) => `${row}.ended_ms - ${row}.start_ms`;

const added = (
  row: string,
) => `insert into execution_counts (tenant, day_ms, namespace, flow_id, state, shard, count, ended, sum_ms,
    min_ms, max_ms)
  values (${GROUP(row)}, 0, 1, ${row}.ended_ms is not null, coalesce(${LASTED(row)}, 0), ${LASTED(row)}, ${LASTED(row)})
  on conflict do update set count = count + 1, ended = ended + excluded.ended, sum_ms = sum_ms + excluded.sum_ms,
    min_ms = coalesce(min(min_ms, excluded.min_ms), min_ms, excluded.min_ms),
    max_ms = coalesce(max(max_ms, excluded.max_ms), max_ms, excluded.max_ms);`;
const removed = (
  row: string,
) => `update execution_counts set count = count - 1, ended = ended - (${row}.ended_ms is not null),
    sum_ms = sum_ms - coalesce(${LASTED(row)}, 0)
  where (tenant, day_ms, namespace, flow_id, state, shard) = (${GROUP(row)}, 0);`;

const COUNTED = ['tenant', 'namespace', 'flow_id', 'state', 'start_ms', 'ended_ms'];
const NAMED = ['tenant', 'id', 'namespace', 'flow_id', 'labels', 'start_ms'];
const differing = (columns: readonly string[]) => columns.map((name) => `old.${name} is not new.${name}`).join(' or ');
const isNamed = (row: string) => `${row}.labels is not null and ${row}.tenant is not null`;

const written = (row: string) => `insert into execution_texts (rowid, text)
    values (${row}.no, ${row}.id || ' ' || ${row}.namespace || ' ' || ${row}.flow_id || ' ' || ${row}.labels);
  insert into execution_labels (name, value, start_ms, execution_no)
    select key, value, ${row}.start_ms, ${row}.no from json_each(${row}.labels);`;
const erased = (row: string) => `delete from execution_texts where rowid = ${row}.no;
  delete from execution_labels where (name, value, start_ms, execution_no) in
    (select key, value, ${row}.start_ms, ${row}.no from json_each(${row}.labels));`;

/** Of triggers of the same moment the one that was made last is run first: what is taken away goes before the row changes. */
const trigger = (name: string, when: string, condition: string, body: string) =>
  `create trigger ${name} ${when} when ${condition} begin ${body} end`;

const COUNTS: readonly string[] = [
  `create table execution_counts (tenant text, day_ms integer, namespace text, flow_id text, state text, shard integer, count integer,
    ended integer, sum_ms integer, min_ms integer, max_ms integer,
    primary key (tenant, day_ms, namespace, flow_id, state, shard)) without rowid`,
  `insert into execution_counts select ${GROUP('e')}, 0, count(*), count(ended_ms), coalesce(sum(${LASTED('e')}), 0),
    min(${LASTED('e')}), max(${LASTED('e')}) from executions e where ${isKnown('e')} group by ${GROUP('e')}`,
  trigger('executions_count_new', 'after insert on executions', isKnown('new'), added('new')),
  trigger('executions_count_old', 'after delete on executions', isKnown('old'), removed('old')),
  trigger(
    'executions_count_before',
    `before update of ${COUNTED} on executions`,
    `${isKnown('old')} and (${differing(COUNTED)})`,
    removed('old'),
  ),
  trigger(
    'executions_count_after',
    `after update of ${COUNTED} on executions`,
    `${isKnown('new')} and (${differing(COUNTED)})`,
    added('new'),
  ),
  `create table line_counts (hour_ms integer, namespace text, level text, shard integer, count integer,
    primary key (hour_ms, namespace, level, shard)) without rowid`,
  `insert into line_counts select at_ms - at_ms % ${HOUR_MS}, namespace, level, 0, count(*) from logs group by 1, 2, 3`,
  `create trigger logs_count_new after insert on logs begin
    insert into line_counts values (new.at_ms - new.at_ms % ${HOUR_MS}, new.namespace, new.level, 0, 1)
      on conflict do update set count = count + 1;
    insert into line_texts (rowid, text) values (new.no, new.message); end`,
  `create trigger logs_count_old after delete on logs begin
    update line_counts set count = count - 1
      where (hour_ms, namespace, level, shard) = (old.at_ms - old.at_ms % ${HOUR_MS}, old.namespace, old.level, 0);
    delete from line_texts where rowid = old.no; end`,
];

const texts = (table: string) =>
  `create virtual table ${table} using fts5 (text, tokenize = 'trigram', detail = none, content = '', contentless_delete = 1)`;

export const SQLITE_LISTS: readonly string[] = [
  texts('execution_texts'),
  texts('line_texts'),
  `create table execution_labels (name text, value text, start_ms integer, execution_no integer,
    primary key (name, value, start_ms, execution_no)) without rowid`,
  `insert into execution_texts (rowid, text) select no, id || ' ' || namespace || ' ' || flow_id || ' ' || labels
    from executions e where ${isNamed('e')}`,
  `insert into execution_labels select key, value, start_ms, no from executions e, json_each(e.labels) where ${isNamed('e')}`,
  'insert into line_texts (rowid, text) select no, message from logs',
  trigger('executions_name_new', 'after insert on executions', isNamed('new'), written('new')),
  trigger('executions_name_old', 'after delete on executions', isNamed('old'), erased('old')),
  trigger(
    'executions_name_before',
    `before update of ${NAMED} on executions`,
    `${isNamed('old')} and (${differing(NAMED)})`,
    erased('old'),
  ),
  trigger(
    'executions_name_after',
    `after update of ${NAMED} on executions`,
    `${isNamed('new')} and (${differing(NAMED)})`,
    written('new'),
  ),
  ...COUNTS,
];
