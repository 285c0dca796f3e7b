/**
 * How the schema came to be: step n brings it from version n to n + 1. Each step runs once, whoever opens the database at the
 * same moment (`migrate.ts`); steps are only added, never changed.
 */
import type { Kysely } from 'kysely';
import type { ColumnType, Idiom, Statement } from './database.ts';
import type { Tables } from './schema.ts';
import { gathered } from './steps/gathered.ts';
import { lists } from './steps/lists.ts';
import { names } from './steps/names.ts';
import { taskIds } from './steps/task-ids.ts';

export interface Step {
  readonly make: (db: Kysely<Tables>, idiom: Idiom) => readonly Statement[];
  /** A server that does not know this step cannot work with what it leaves. */
  readonly breaking?: true;
}

export const STEPS: readonly Step[] = [
  { make: first },
  { make: metrics },
  { make: lists },
  { make: names },
  { make: gathered },
  { make: taskIds },
];

type Columns = Readonly<Record<string, ColumnType | `${ColumnType}?`>>;

/** Columns by their types; a `?` lets them be empty. */
function table({ schema }: Kysely<Tables>, { types, keyed }: Idiom, name: string, columns: Columns, key: string[]) {
  const withColumns = Object.entries(columns).reduce((table, [column, given]) => {
    const type = types[given.replace('?', '') as ColumnType];
    return table.addColumn(column, type as never, (built) => (given.endsWith('?') ? built : built.notNull()));
  }, schema.createTable(name));
  return withColumns.addPrimaryKeyConstraint(`${name}_key`, key as never).modifyEnd(keyed);
}

function first(db: Kysely<Tables>, idiom: Idiom): readonly Statement[] {
  const { schema } = db;
  const { name, text, integer } = idiom.types;
  const index = (suffix: string) => schema.createIndex(`executions_${suffix}`).on('executions');
  const present = (suffix: string, column: string) =>
    idiom.partialIndexes ? index(suffix).column(column).where(column, 'is not', null) : index(suffix).column(column);
  const executions = schema
    .createTable('executions')
    .addColumn('no', idiom.numbered as never, (column) => column.primaryKey())
    .addColumn('id', name as never, (column) => column.notNull().unique())
    .addColumn('version', name as never, (column) => column.notNull());
  const names = ['tenant', 'namespace', 'flow_id', 'parent_id', 'trigger_execution_id', 'original_id', 'state'];
  const withNames = names.reduce((table, column) => table.addColumn(column, name as never), executions);
  const withTexts = ['start_json', 'labels', 'head_json'].reduce(
    (table, column) => table.addColumn(column, text as never),
    withNames,
  );
  const whole = ['revision', 'start_ms', 'ended_ms'].reduce(
    (table, column) => table.addColumn(column, integer as never),
    withTexts,
  );
  return [
    idiom.kind === 'mysql' ? whole.modifyEnd(idiom.keyed) : whole,
    index('by_start').columns(['tenant', 'start_ms', 'id']),
    index('by_flow').columns(['tenant', 'namespace', 'flow_id', 'start_ms']),
    present('by_end', 'ended_ms'),
    index('by_state').columns(['tenant', 'state', 'start_ms']),
    present('by_trigger', 'trigger_execution_id'),
    present('by_original', 'original_id'),
    table(
      db,
      idiom,
      'task_runs',
      { execution_no: 'integer', id: 'name', idx: 'integer', task_id: 'name', json: 'text' },
      ['execution_no', 'id'],
    ),
    table(db, idiom, 'logs', LOGS, ['execution_id', 'at_ms', 'seq', 'id']),
    schema.createIndex('logs_by_time').on('logs').column('at_ms'),
    table(db, idiom, 'flows', FLOWS, ['tenant', 'namespace', 'id', 'revision']),
    table(db, idiom, 'cursors', { name: 'name', value: 'name' }, ['name']),
  ];
}

const LOGS: Columns = {
  execution_id: 'name',
  at_ms: 'integer',
  seq: 'integer',
  id: 'name',
  namespace: 'name',
  flow_id: 'name',
  task_id: 'name?',
  task_run_id: 'name?',
  attempt: 'integer?',
  value: 'text?',
  level: 'name',
  message: 'text',
};

const FLOWS: Columns = {
  tenant: 'name',
  namespace: 'name',
  id: 'name',
  revision: 'integer',
  source: 'text',
  deleted: 'integer',
  at_ms: 'integer',
  version: 'name',
};

const METRICS: Columns = {
  execution_id: 'name',
  at_ms: 'integer',
  id: 'name',
  attempt: 'integer',
  value: 'double',
  namespace: 'name',
  flow_id: 'name',
  task_id: 'name',
  task_run_id: 'name',
  type: 'name',
  name: 'name',
  tags: 'text',
};

function metrics(db: Kysely<Tables>, idiom: Idiom): readonly Statement[] {
  return [
    table(db, idiom, 'metrics', METRICS, ['execution_id', 'at_ms', 'id']),
    db.schema.createIndex('metrics_by_flow').on('metrics').columns(['namespace', 'flow_id', 'name', 'at_ms']),
  ];
}
