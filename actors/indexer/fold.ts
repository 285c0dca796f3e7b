/**
 * What several entries of a partition's feed changed, folded into rows: the last of each field. Texts stay texts until a row
 * is made. An event that cannot be read is told and left out: one bad event must not stop the copy of all others.
 */
import type { FeedEntry, FlowEvent } from '../../lib/bus/feed.ts';
import type { ExecutionHead, ExecutionStart, TaskRun } from '../../lib/model/execution.ts';
import type { Version } from '../../lib/model/version.ts';
import type { ExecutionRow, FlowRow } from '../../lib/repository/repository.ts';
import { splitEvent } from './event.ts';

interface Folded {
  version: Version;
  start?: string;
  head?: string;
  readonly taskRuns: Map<string, string>;
  readonly removed: Set<string>;
}

type Unreadable = (id: string, error: unknown) => void;

export function foldExecutions(entries: readonly FeedEntry[], unreadable: Unreadable): readonly ExecutionRow[] {
  const all = new Map<string, Folded>();
  for (const { version, events } of entries)
    for (const [id, json] of events) {
      let folded = all.get(id);
      if (!folded) {
        folded = { version, taskRuns: new Map(), removed: new Set() };
        all.set(id, folded);
      }
      try {
        add(folded, json);
        folded.version = version;
      } catch (error) {
        unreadable(id, error);
      }
    }
  const rows: ExecutionRow[] = [];
  for (const [id, folded] of all)
    try {
      rows.push(rowOf(id, folded));
    } catch (error) {
      unreadable(id, error);
    }
  return rows;
}

function add(folded: Folded, json: string): void {
  const { start, head, taskRuns, removed } = splitEvent(json);
  if (start !== undefined) folded.start = start;
  if (head !== undefined) folded.head = head;
  for (const text of taskRuns) {
    const id = idIn(text);
    folded.taskRuns.set(id, text);
    folded.removed.delete(id);
  }
  if (removed === undefined) return;
  for (const id of JSON.parse(removed) as string[]) {
    folded.taskRuns.delete(id);
    folded.removed.add(id);
  }
}

const rowOf = (id: string, { version, start, head, taskRuns, removed }: Folded): ExecutionRow => ({
  id,
  version,
  ...(start === undefined ? {} : { start: JSON.parse(start) as ExecutionStart }),
  ...(head === undefined ? {} : { head: JSON.parse(head) as ExecutionHead }),
  taskRuns: Array.from(taskRuns.values(), taskRunRow),
  removedTaskRuns: [...removed],
});

/** How a task run's text begins as our executor writes it; any other spelling is parsed. */
const BEGINNING = /^\{"id":"([^"\\]+)","taskId":"([^"\\]+)","index":(\d+)[,}]/;
const ID = '{"id":"';

function idIn(text: string): string {
  const end = text.startsWith(ID) ? text.indexOf('"', ID.length) : -1;
  return end === -1 ? (JSON.parse(text) as TaskRun).id : text.slice(ID.length, end);
}

export function taskRunRow(text: string): ExecutionRow['taskRuns'][number] {
  const found = BEGINNING.exec(text);
  if (found) return [{ id: found[1]!, taskId: found[2]!, index: Number(found[3]) }, text];
  const { id, taskId, index } = JSON.parse(text) as TaskRun;
  return [{ id, taskId, index }, text];
}

/** Answers that saved or deleted nothing are no rows. */
export function foldFlows(entries: readonly FeedEntry[], unreadable: Unreadable): readonly FlowRow[] {
  const rows: FlowRow[] = [];
  for (const { version, events } of entries)
    for (const [flowId, json] of events)
      try {
        const { outcome, tenant, namespace, id, revision, source, atMs } = JSON.parse(json) as FlowEvent;
        const deleted = outcome === 'deleted';
        if (revision === undefined || !(deleted || (outcome === 'saved' && source !== undefined))) continue;
        rows.push({ tenant, namespace, id, revision, source: deleted ? '' : source!, deleted, atMs, version });
      } catch (error) {
        unreadable(flowId, error);
      }
  return rows;
}
