/** Makes one message of jobs: flows that the runner does not have yet, executions once, items. */
import { CHANNEL_FORMAT, type ExecutionPart, type RunMessage, type WorkItem } from './channel.ts';
import type { Job } from './job.ts';

/** Flows that a runner keeps; the one used longest ago goes. */
const FLOWS_MAX = 200;

/** `known` is what the runner has been sent, in the order of use; it is brought up to date. */
export function batchOf(jobs: readonly Job[], known: Set<string>): RunMessage {
  const flows: (readonly [string, string])[] = [];
  const executions: ExecutionPart[] = [];
  const places = new Map<ExecutionPart, number>();
  const items: WorkItem[] = [];
  for (const { serial, item, part, flow } of jobs) {
    if (!known.delete(item.hash)) flows.push([item.hash, flow!]);
    known.add(item.hash);
    let execution = places.get(part!);
    if (execution === undefined) {
      execution = executions.push(part!) - 1;
      places.set(part!, execution);
    }
    items.push({ serial, execution, item });
  }
  return {
    kind: 'run',
    v: CHANNEL_FORMAT,
    flows,
    drop: dropped(known, new Set(jobs.map(({ item }) => item.hash))),
    executions,
    items,
  };
}

/** Never one that this batch needs. */
function dropped(known: Set<string>, needed: ReadonlySet<string>): string[] {
  const drop: string[] = [];
  for (const hash of known) {
    if (known.size <= FLOWS_MAX) break;
    if (needed.has(hash)) continue;
    known.delete(hash);
    drop.push(hash);
  }
  return drop;
}
