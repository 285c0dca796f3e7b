/**
 * What several entries of a partition's feed changed, folded: for each execution the names of the fields to fetch, for each
 * flow its rows. An event that cannot be read is told and left out: one bad event must not stop the copy of all others.
 */
import { type FeedEntry, type FlowEvent, GONE, wordsOf } from '../../lib/bus/feed.ts';
import type { ExecutionHead, ExecutionStart, TaskRun } from '../../lib/model/execution.ts';
import type { Version } from '../../lib/model/version.ts';
import type { ExecutionRow, FlowRow } from '../../lib/repository/repository.ts';

const TASK_RUN = 't:';

/** What is to be fetched of an execution, and as of when it counts. */
export interface Changed {
  version: Version;
  readonly fields: Set<string>;
  /** Ids of task runs that went. */
  readonly removed: Set<string>;
  /** It is deleted, save what is named here. */
  deleted?: ReadonlySet<string>;
}

type Unreadable = (id: string, error: unknown) => void;

export function foldExecutions(entries: readonly FeedEntry[]): ReadonlyMap<string, Changed> {
  const all = new Map<string, Changed>();
  for (const { version, events } of entries)
    for (const [id, names] of events) {
      if (id === '') continue;
      let changed = all.get(id);
      if (!changed) all.set(id, (changed = { version, fields: new Set(), removed: new Set() }));
      changed.version = version;
      const [first, ...rest] = wordsOf(names);
      if (first === GONE) changed.deleted = new Set(rest);
      else for (const name of [first!, ...rest]) add(changed, name);
    }
  return all;
}

function add({ fields, removed }: Changed, name: string): void {
  if (name.startsWith(GONE)) {
    const field = name.slice(GONE.length);
    fields.delete(field);
    removed.add(field.slice(TASK_RUN.length));
    return;
  }
  fields.add(name);
  if (name.startsWith(TASK_RUN)) removed.delete(name.slice(TASK_RUN.length));
}

/** `texts` are those of `fields`, in their order. Undefined where the document has gone: it was copied to its end before. */
export function rowOf(
  id: string,
  { version, fields, removed }: Changed,
  texts: readonly (string | undefined)[],
): ExecutionRow | undefined {
  let [start, head]: (string | undefined)[] = [];
  const taskRuns: ExecutionRow['taskRuns'][number][] = [];
  let n = 0;
  for (const field of fields) {
    const text = texts[n++];
    if (text === undefined) continue;
    if (field === 'start') start = text;
    else if (field === 'head') head = text;
    else taskRuns.push(taskRunRow(text));
  }
  if (start === undefined && head === undefined && taskRuns.length + removed.size === 0) return undefined;
  return {
    id,
    version,
    ...(start === undefined ? {} : { start: JSON.parse(start) as ExecutionStart }),
    ...(head === undefined ? {} : { head: JSON.parse(head) as ExecutionHead }),
    taskRuns,
    removedTaskRuns: [...removed],
  };
}

/** How a task run's text begins as our executor writes it; any other spelling is parsed. */
const BEGINNING = /^\{"id":"([^"\\]+)","taskId":"([^"\\]+)","index":(\d+)[,}]/;

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
        if (flowId === '') continue;
        const { outcome, tenant, namespace, id, revision, source, atMs } = JSON.parse(json) as FlowEvent;
        const deleted = outcome === 'deleted';
        if (revision === undefined || !(deleted || (outcome === 'saved' && source !== undefined))) continue;
        rows.push({ tenant, namespace, id, revision, source: deleted ? '' : source!, deleted, atMs, version });
      } catch (error) {
        unreadable(flowId, error);
      }
  return rows;
}
