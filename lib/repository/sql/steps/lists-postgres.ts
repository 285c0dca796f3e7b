/**
 * Postgres' part of `lists.ts`. Triggers run once a statement, over all its rows. Each connection counts in a shard of its own, so
 * that writers do not wait for each other's rows; sums are over all shards. Texts are indexed by their groups of three letters
 * where the extension `pg_trgm` may be created: elsewhere searches for a text look at rows, see `narrow.ts`.
 */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SHARD = 'pg_backend_pid() % 8';
const NAME = 'text collate "C" not null';
const NUMBER = 'bigint not null';

const executionsOf = (rows: string, sign: '' | '-') => `
  insert into execution_counts as counted
  select tenant, start_ms - start_ms % ${DAY_MS}, namespace, flow_id, state, ${SHARD}, ${sign}count(*), ${sign}count(ended_ms),
    ${sign}coalesce(sum(ended_ms - start_ms), 0)${sign ? ', null, null' : ', min(ended_ms - start_ms), max(ended_ms - start_ms)'}
  from ${rows} where state is not null and tenant is not null
  group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  on conflict (tenant, day_ms, namespace, flow_id, state, shard) do update set count = counted.count + excluded.count,
    ended = counted.ended + excluded.ended, sum_ms = counted.sum_ms + excluded.sum_ms,
    min_ms = least(counted.min_ms, excluded.min_ms), max_ms = greatest(counted.max_ms, excluded.max_ms)`;

const linesOf = (rows: string, sign: '' | '-') => `
  insert into line_counts as counted
  select at_ms - at_ms % ${HOUR_MS}, namespace, level, ${SHARD}, ${sign}count(*) from ${rows}
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (hour_ms, namespace, level, shard) do update set count = counted.count + excluded.count`;

const routine = (name: string, body: string) =>
  `create function ${name}() returns trigger language plpgsql as $$ begin ${body}; return null; end $$`;
const trigger = (name: string, when: string, rows: string, run: string) =>
  `create trigger ${name} after ${when} referencing ${rows} for each statement execute function ${run}()`;

const indexedText = (name: string, table: string, text: string) =>
  `create index ${name} on ${table} using gin ((${text}) gin_trgm_ops)`;
/** As `textOf` in `postgres.ts` asks for it. */
const EXECUTION_TEXT = `id || ' ' || namespace || ' ' || flow_id || ' ' || labels`;

/** NUL, and halves of pairs: whole ones stand in JSON as they are. */
const UNREADABLE = String.raw`(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})`;

export const POSTGRES_LISTS: readonly string[] = [
  // As `labelsText` writes them today: the index below takes no others.
  `update executions set labels = regexp_replace(labels, '${UNREADABLE}', '\\1\\\\ufffd', 'g') where labels ~ '${UNREADABLE}'`,
  `create table execution_counts (tenant ${NAME}, day_ms ${NUMBER}, namespace ${NAME}, flow_id ${NAME}, state ${NAME},
    shard integer not null, count ${NUMBER}, ended ${NUMBER}, sum_ms ${NUMBER}, min_ms bigint, max_ms bigint,
    primary key (tenant, day_ms, namespace, flow_id, state, shard))`,
  executionsOf('executions', ''),
  routine('windhover_count_executions', executionsOf('added', '')),
  routine('windhover_uncount_executions', executionsOf('gone', '-')),
  trigger('executions_count_new', 'insert on executions', 'new table as added', 'windhover_count_executions'),
  trigger('executions_count_old', 'delete on executions', 'old table as gone', 'windhover_uncount_executions'),
  trigger('executions_count_before', 'update on executions', 'old table as gone', 'windhover_uncount_executions'),
  trigger('executions_count_after', 'update on executions', 'new table as added', 'windhover_count_executions'),
  `create table line_counts (hour_ms ${NUMBER}, namespace ${NAME}, level ${NAME}, shard integer not null, count ${NUMBER},
    primary key (hour_ms, namespace, level, shard))`,
  linesOf('logs', ''),
  routine('windhover_count_lines', linesOf('added', '')),
  routine('windhover_uncount_lines', linesOf('gone', '-')),
  trigger('logs_count_new', 'insert on logs', 'new table as added', 'windhover_count_lines'),
  trigger('logs_count_old', 'delete on logs', 'old table as gone', 'windhover_uncount_lines'),
  `create index executions_labels on executions using gin ((labels::jsonb) jsonb_path_ops)`,
  // Who may not create an extension, or has none of this name, goes without.
  `do $$ begin
    create extension if not exists pg_trgm;
    ${indexedText('executions_text', 'executions', EXECUTION_TEXT)};
    ${indexedText('logs_text', 'logs', 'message')};
  exception when insufficient_privilege or undefined_file or feature_not_supported then
    raise notice 'pg_trgm cannot be created: %', sqlerrm;
  end $$`,
];
