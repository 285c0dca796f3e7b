/**
 * Lists that stay fast however much there is. Indexes hold what is filtered by, so that a search looks at rows only where it shows
 * them; counts by day and hour, labels and texts are kept by triggers, so that they are right whoever writes, also an older
 * server. MySQL gets two indexes: its keys are
 * shorter, and who may not set its global variables may not create triggers there.
 */
import { type Kysely, sql } from 'kysely';
import type { Idiom, Statement } from '../database.ts';
import type { Tables } from '../schema.ts';
import { POSTGRES_LISTS } from './lists-postgres.ts';
import { SQLITE_LISTS, SQLITE_LOGS } from './lists-sqlite.ts';

export function lists(db: Kysely<Tables>, idiom: Idiom): readonly Statement[] {
  const { schema } = db;
  const raw = (text: string): Statement => ({ compile: () => sql.raw(text).compile(db) });
  const index = (name: string, table: 'executions' | 'logs', columns: readonly string[]) =>
    schema
      .createIndex(name)
      .on(table)
      .columns([...columns] as never);
  const present = (name: string, column: 'parent_id') =>
    idiom.partialIndexes
      ? index(name, 'executions', [column]).where(sql.ref(column), 'is not', null)
      : index(name, 'executions', [column]);
  if (idiom.kind === 'mysql')
    return [
      present('executions_of_parent', 'parent_id'),
      index('logs_of_flow', 'logs', ['namespace', 'flow_id', 'at_ms']),
    ];
  return [
    ...(idiom.kind === 'sqlite' ? SQLITE_LOGS.map(raw) : [schema.dropIndex('logs_by_time')]),
    // They hold too little: each row that was passed over had to be looked at.
    schema.dropIndex('executions_by_start'),
    schema.dropIndex('executions_by_flow'),
    schema.dropIndex('executions_by_state'),
    index('executions_in_time', 'executions', [
      'tenant',
      'start_ms',
      'id',
      'state',
      'namespace',
      'flow_id',
      'ended_ms',
    ]),
    index('executions_of_state', 'executions', [
      'tenant',
      'state',
      'start_ms',
      'id',
      'namespace',
      'flow_id',
      'ended_ms',
    ]),
    index('executions_of_flow', 'executions', [
      'tenant',
      'namespace',
      'flow_id',
      'start_ms',
      'id',
      'state',
      'ended_ms',
    ]),
    present('executions_of_parent', 'parent_id'),
    index('logs_in_time', 'logs', ['at_ms', 'level', 'namespace', 'flow_id']),
    index('logs_of_flow', 'logs', ['namespace', 'flow_id', 'at_ms', 'level']),
    index('logs_grave', 'logs', ['at_ms', 'level', 'namespace', 'flow_id']).where(
      sql.ref('level'),
      'in',
      GRAVE.map((level) => sql.lit(level)),
    ),
    ...(idiom.kind === 'sqlite' ? SQLITE_LISTS : POSTGRES_LISTS).map(raw),
  ];
}

/** Levels that most lines are below. */
const GRAVE = ['WARN', 'ERROR'];
