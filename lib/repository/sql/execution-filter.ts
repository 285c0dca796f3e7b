/** What executions are judged by, on their rows. */
import { type Expression, type SqlBool, sql } from 'kysely';
import { belowIn, type Searched } from './where.ts';

const LABELS = sql`labels`;

export const EXECUTIONS: Searched = {
  columns: {
    id: sql`id`,
    namespace: sql`namespace`,
    flowId: sql`flow_id`,
    state: sql`state`,
    triggerExecutionId: sql`trigger_execution_id`,
    startMs: sql`start_ms`,
    endMs: sql`ended_ms`,
  },
  texts: [sql`id`, sql`namespace`, sql`flow_id`, LABELS],
  labels: LABELS,
  key: 'id',
};

/** A namespace and all below it. */
export const below = (prefix: string): Expression<SqlBool> => belowIn(sql`namespace`, prefix);
