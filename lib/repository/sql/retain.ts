/**
 * Deleting executions with all that is theirs. A transaction deletes a few, so that neither the indexer's writes nor this
 * process's other work wait long for it.
 */

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as pause } from 'node:timers/promises';
import { inOne } from './dialect.ts';

const AT_ONCE = 50;

export function deleteExecution(handle: DatabaseSync, id: string, keeps?: ReadonlySet<string>): boolean {
  return inOne(handle, () => {
    const row = handle.prepare('select no from executions where id = ?').get(id);
    if (row) remove(handle, [{ no: Number(row.no), id }], keeps);
    return row !== undefined;
  });
}

/** The oldest ends first. Returns how many, at most `limit`. */
export async function retain(handle: DatabaseSync, beforeMs: number, limit: number): Promise<number> {
  let deleted = 0;
  while (deleted < limit) {
    const asked = Math.min(AT_ONCE, limit - deleted);
    const count = inOne(handle, () => {
      const rows = handle
        .prepare('select no, id from executions where ended_ms < ? order by ended_ms limit ?')
        .all(beforeMs, asked);
      remove(
        handle,
        rows.map(({ no, id }) => ({ no: Number(no), id: String(id) })),
      );
      return rows.length;
    });
    deleted += count;
    if (count < asked) break;
    await pause();
  }
  return deleted;
}

function remove(
  handle: DatabaseSync,
  executions: readonly { readonly no: number; readonly id: string }[],
  keeps: ReadonlySet<string> = NOTHING,
): void {
  const taskRuns = handle.prepare('delete from task_runs where execution_no = ?');
  const lines = handle.prepare('delete from logs where execution_id = ?');
  const metrics = handle.prepare('delete from metrics where execution_id = ?');
  const execution = handle.prepare('delete from executions where no = ?');
  for (const { no, id } of executions) {
    taskRuns.run(no);
    if (!keeps.has('logs')) lines.run(id);
    if (!keeps.has('metrics')) metrics.run(id);
    execution.run(no);
  }
}

const NOTHING: ReadonlySet<string> = new Set();
