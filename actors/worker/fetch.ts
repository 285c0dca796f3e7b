/**
 * Fetches what jobs see: fields of their executions' documents and the sources of their flows. What never changes is kept:
 * the start of an incarnation, and a source by its hash.
 */
import type { Documents } from '../../lib/bus/documents.ts';
import { taskRunField } from '../../lib/execution/run.ts';
import type { ContentHash, Partition } from '../../lib/model/partition.ts';
import { type ExecutionPart, startName } from './channel.ts';
import type { FetchedPart, Job } from './job.ts';

const STARTS_MAX = 2_000;
const START_CHARS_MAX = 16 * 1024 * 1024;
const SOURCES_MAX = 500;

export class Fetch {
  readonly #documents: Documents;
  readonly #starts = new Map<string, string>();
  #startChars = 0;
  readonly #sources = new Map<ContentHash, string>();

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Fills in `part` and `flow` of each job of the partition; they stay undefined where the execution is not there. */
  async fill(partition: Partition, jobs: readonly Job[]): Promise<void> {
    const executions = new Map<string, Job[]>();
    const hashes = new Set<ContentHash>();
    for (const job of jobs) {
      const name = startName({ id: job.executionId, incarnation: job.item.incarnation });
      const together = executions.get(name);
      if (together) together.push(job);
      else executions.set(name, [job]);
      hashes.add(job.item.hash);
    }
    const asked: Promise<void>[] = [];
    for (const [name, together] of executions) {
      const part = this.#fillExecution(partition, name, together);
      if (part) asked.push(part);
    }
    for (const hash of hashes) if (!this.#sources.has(hash)) asked.push(this.#fetchSource(partition, hash));
    if (asked.length > 0) await Promise.all(asked);
    for (const job of jobs) job.flow = this.#sources.get(job.item.hash);
  }

  /** A promise only if something must be asked for. */
  #fillExecution(partition: Partition, name: string, jobs: readonly Job[]): Promise<void> | undefined {
    const start = this.#starts.get(name);
    const fields = start === undefined ? ['start'] : [];
    for (const job of jobs) for (const read of readsOf(job)) if (!fields.includes(read)) fields.push(read);
    if (start !== undefined && fields.length === 0) return fill(jobs, name, start, []);
    const id = jobs[0]!.executionId;
    return this.#documents.fields(partition, id, fields).then((texts) => {
      const fetched = fields.map((field, n) => [field, texts[n]] as const);
      const text = start ?? fetched.shift()![1];
      if (text === undefined) return;
      if (start === undefined) this.#keep(name, text);
      fill(
        jobs,
        name,
        text,
        fetched.filter((pair): pair is [string, string] => pair[1] !== undefined),
      );
    });
  }

  async #fetchSource(partition: Partition, hash: ContentHash): Promise<void> {
    const source = await this.#documents.definition(partition, hash);
    if (source === undefined) return;
    if (this.#sources.size >= SOURCES_MAX) this.#sources.delete(this.#sources.keys().next().value!);
    this.#sources.set(hash, source);
  }

  #keep(name: string, text: string): void {
    this.#starts.set(name, text);
    this.#startChars += text.length;
    for (const [oldest, chars] of this.#starts) {
      if (this.#starts.size <= STARTS_MAX && this.#startChars <= START_CHARS_MAX) break;
      this.#starts.delete(oldest);
      this.#startChars -= chars.length;
    }
  }
}

/** Its own, and those of what may follow it, but for what comes of them. */
function readsOf({ item: { reads }, sequels, taskRunId }: Job): readonly string[] {
  if (sequels.length === 0) return reads;
  const own = new Set([taskRunId, ...sequels.map((sequel) => sequel.taskRunId)].map(taskRunField));
  return [...reads, ...sequels.flatMap((sequel) => sequel.reads.filter((read) => !own.has(read)))];
}

function fill(jobs: readonly Job[], name: string, start: string, fields: ExecutionPart['fields']): undefined {
  const { executionId, item } = jobs[0]!;
  const part: FetchedPart = { id: executionId, incarnation: item.incarnation, name, start, fields };
  for (const job of jobs) job.part = part;
}
