/**
 * How the schema came to be: step n brings the file from version n to n + 1 (`pragma user_version`). Each step runs once,
 * whoever opens the file at the same moment; steps are only added, never changed.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import { Fault } from '../../errors.ts';
import { inOne } from './dialect.ts';
import type { Tables } from './schema.ts';

type Step = (db: Kysely<Tables>) => readonly { compile(): { readonly sql: string } }[];

export const STEPS: readonly Step[] = [first, metrics];

/** Statements are built by kysely and run on the handle, so that a step and its number are one transaction. */
export function migrate(handle: DatabaseSync, db: Kysely<Tables>): void {
  if (versionIn(handle) === STEPS.length) return;
  inOne(handle, () => {
    const from = versionIn(handle);
    if (from > STEPS.length)
      throw new Fault('repository.newer', `expected schema version ${STEPS.length} or older, got ${from}`);
    for (const step of STEPS.slice(from)) for (const statement of step(db)) handle.exec(statement.compile().sql);
    handle.exec(`pragma user_version = ${STEPS.length}`);
  });
}

const versionIn = (handle: DatabaseSync): number => Number(handle.prepare('pragma user_version').get()!.user_version);

function first({ schema }: Kysely<Tables>): ReturnType<Step> {
  const executions = schema
    .createTable('executions')
    .addColumn('no', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('version', 'text', (column) => column.notNull());
  const texts = [
    'tenant',
    'namespace',
    'flow_id',
    'parent_id',
    'trigger_execution_id',
    'original_id',
    'start_json',
  ] as const;
  const ofHead = ['state', 'labels', 'head_json'] as const;
  const numbers = ['revision', 'start_ms', 'ended_ms'] as const;
  const withTexts = [...texts, ...ofHead].reduce((table, name) => table.addColumn(name, 'text'), executions);
  const index = (name: string) => schema.createIndex(`executions_${name}`).on('executions');
  return [
    numbers.reduce((table, name) => table.addColumn(name, 'integer'), withTexts),
    index('by_start').columns(['tenant', 'start_ms', 'id']),
    index('by_flow').columns(['tenant', 'namespace', 'flow_id', 'start_ms']),
    index('by_end').column('ended_ms').where('ended_ms', 'is not', null),
    index('by_state').columns(['tenant', 'state', 'start_ms']),
    index('by_trigger').column('trigger_execution_id').where('trigger_execution_id', 'is not', null),
    index('by_original').column('original_id').where('original_id', 'is not', null),
    schema
      .createTable('task_runs')
      .addColumn('execution_no', 'integer', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('idx', 'integer', (column) => column.notNull())
      .addColumn('task_id', 'text', (column) => column.notNull())
      .addColumn('json', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('task_runs_key', ['execution_no', 'id'])
      .modifyEnd(sql`without rowid`),
    ...logs(schema),
    ...flows(schema),
  ];
}

function metrics({ schema }: Kysely<Tables>): ReturnType<Step> {
  const texts = ['namespace', 'flow_id', 'task_id', 'task_run_id', 'type', 'name', 'tags'] as const;
  const keyed = schema
    .createTable('metrics')
    .addColumn('execution_id', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'integer', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('value', 'double precision', (column) => column.notNull());
  return [
    texts
      .reduce((table, name) => table.addColumn(name, 'text', (column) => column.notNull()), keyed)
      .addPrimaryKeyConstraint('metrics_key', ['execution_id', 'at_ms', 'id'])
      .modifyEnd(sql`without rowid`),
    schema.createIndex('metrics_by_flow').on('metrics').columns(['namespace', 'flow_id', 'name', 'at_ms']),
  ];
}

const logs = (schema: Kysely<Tables>['schema']): ReturnType<Step> => [
  schema
    .createTable('logs')
    .addColumn('execution_id', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'integer', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('namespace', 'text', (column) => column.notNull())
    .addColumn('flow_id', 'text', (column) => column.notNull())
    .addColumn('task_id', 'text')
    .addColumn('task_run_id', 'text')
    .addColumn('attempt', 'integer')
    .addColumn('value', 'text')
    .addColumn('level', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('logs_key', ['execution_id', 'at_ms', 'seq', 'id'])
    .modifyEnd(sql`without rowid`),
  schema.createIndex('logs_by_time').on('logs').column('at_ms'),
];

const flows = (schema: Kysely<Tables>['schema']): ReturnType<Step> => [
  schema
    .createTable('flows')
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('namespace', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('deleted', 'integer', (column) => column.notNull())
    .addColumn('at_ms', 'integer', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('flows_key', ['tenant', 'namespace', 'id', 'revision'])
    .modifyEnd(sql`without rowid`),
  schema
    .createTable('cursors')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .modifyEnd(sql`without rowid`),
];
