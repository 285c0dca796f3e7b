/**
 * Deleting executions with all that is theirs. A transaction deletes a few, so that neither the indexer's writes nor this
 * process's other work wait long for it.
 */
import { setImmediate as pause } from 'node:timers/promises';
import type { Database, Statement } from './database.ts';

const AT_ONCE = 50;

interface Named {
  readonly no: number;
  readonly id: string;
}

export async function deleteExecution(database: Database, id: string, keeps?: ReadonlySet<string>): Promise<boolean> {
  const row = await database.db.selectFrom('executions').select(['no', 'id']).where('id', '=', id).executeTakeFirst();
  if (row) await database.inOne(removal(database, [row], { keeps }));
  return row !== undefined;
}

/** The oldest ends first. Returns how many, at most `limit`. */
export async function retain(database: Database, beforeMs: number, limit: number): Promise<number> {
  let deleted = 0;
  while (deleted < limit) {
    const asked = Math.min(AT_ONCE, limit - deleted);
    const rows = await database.db
      .selectFrom('executions')
      .select(['no', 'id'])
      .where('ended_ms', '<', beforeMs)
      .orderBy('ended_ms')
      .limit(asked)
      .execute();
    if (rows.length > 0) deleted += await database.inOne(removal(database, rows, { beforeMs }));
    if (rows.length < asked) break;
    await pause();
  }
  return deleted;
}

interface Removal {
  /** Only what has ended before this, still: it may have been restarted since it was found. */
  readonly beforeMs?: number;
  readonly keeps?: ReadonlySet<string>;
}

/** The executions first: their number is what is told, and what belongs to one that is there stays. */
function removal({ db }: Database, rows: readonly Named[], { beforeMs, keeps }: Removal): Statement[] {
  const ids = rows.map(({ id }) => id);
  const nos = rows.map(({ no }) => no);
  const executions = db.deleteFrom('executions').where('no', 'in', nos);
  const present = db.selectFrom('executions').select('id').where('id', 'in', ids);
  const ofGone = (table: 'logs' | 'metrics') =>
    db.deleteFrom(table).where('execution_id', 'in', ids).where('execution_id', 'not in', present);
  return [
    beforeMs === undefined ? executions : executions.where('ended_ms', '<', beforeMs),
    db
      .deleteFrom('task_runs')
      .where('execution_no', 'in', nos)
      .where('execution_no', 'not in', db.selectFrom('executions').select('no').where('no', 'in', nos)),
    ...(keeps?.has('logs') ? [] : [ofGone('logs')]),
    ...(keeps?.has('metrics') ? [] : [ofGone('metrics')]),
  ];
}
