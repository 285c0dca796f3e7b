/** Makes one message of jobs: flows and starts that the runner does not have yet, executions once, items. */
import { CHANNEL_FORMAT, type ExecutionPart, type RunMessage, type WorkItem } from './channel.ts';
import type { FetchedPart, Job } from './job.ts';
import { Sent } from './sent.ts';

const FLOWS_MAX = 200;
const FLOWS_CHARS_MAX = 64 * 1024 * 1024;
const STARTS_MAX = 500;
const STARTS_CHARS_MAX = 4 * 1024 * 1024;

/** Of one runner. */
export class Batches {
  readonly #flows = new Sent(FLOWS_MAX, FLOWS_CHARS_MAX);
  readonly #starts = new Sent(STARTS_MAX, STARTS_CHARS_MAX);

  /** They have been fetched. */
  of(jobs: readonly Job[]): RunMessage {
    const flows: (readonly [string, string])[] = [];
    const starts: (readonly [string, string])[] = [];
    const executions: ExecutionPart[] = [];
    const places = new Map<FetchedPart, number>();
    const items: WorkItem[] = [];
    for (const { serial, item, part, flow } of jobs) {
      if (!this.#flows.use(item.hash, flow!)) flows.push([item.hash, flow!]);
      let execution = places.get(part!);
      if (execution === undefined) {
        const { id, incarnation, name, start, fields } = part!;
        execution = executions.push({ id, incarnation, fields }) - 1;
        places.set(part!, execution);
        if (!this.#starts.use(name, start)) starts.push([name, start]);
      }
      items.push({ serial, execution, item });
    }
    const drop = [...this.#flows.dropped(), ...this.#starts.dropped()];
    return { kind: 'run', v: CHANNEL_FORMAT, flows, starts, drop, executions, items };
  }
}
