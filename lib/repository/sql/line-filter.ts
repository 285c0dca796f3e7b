/** What log lines are judged by, on their rows. */
import { sql } from 'kysely';
import type { Searched } from './where.ts';

export const LINES: Searched = {
  columns: {
    executionId: sql`execution_id`,
    namespace: sql`namespace`,
    flowId: sql`flow_id`,
    taskId: sql`task_id`,
    taskRunId: sql`task_run_id`,
    attempt: sql`attempt`,
    level: sql`level`,
    atMs: sql`at_ms`,
  },
  texts: [sql`message`],
};
