/**
 * A job goes on with what follows it (W3), in the same place: claimed with its end, run as soon as the gate has let it. What it
 * sees was fetched with the first of them, or is the outcome of those before it.
 */
import type { Sequel } from '../../lib/bus/queues.ts';
import { taskRunField } from '../../lib/execution/run.ts';
import { attemptRef, type TaskRun } from '../../lib/model/execution.ts';
import type { FetchedPart, Job, JobSource } from './job.ts';

/** More than that is better fetched where it is needed. */
const OUTPUT_BYTES_MAX = 64 * 1024;

/** Undefined where nothing follows, or only its owner can say what. */
export function nextOf(job: Job, jobs: JobSource, startedAtMs: number): Job | undefined {
  const { result, part, stopping, revokedAtMs } = job;
  const [sequel] = job.sequels;
  if (!sequel || !part || stopping || revokedAtMs !== undefined) return undefined;
  if (result!.state !== 'SUCCESS' || result!.update || result!.bytes > OUTPUT_BYTES_MAX) return undefined;
  const next = jobs.after(job, itemAfter(job, sequel, startedAtMs));
  next.part = withOutcome(part, job);
  next.flow = job.flow;
  next.place = job.place;
  return next;
}

function itemAfter({ item, executionId }: Job, { taskRunId, taskId, reads }: Sequel, startedAtMs: number): Job['item'] {
  return { ...item, ref: attemptRef(executionId, taskRunId, 1), taskId, reads, startedAtMs };
}

/** With what those that follow see of a job that has ended, in the form of its owner. */
function withOutcome(part: FetchedPart, { item, sequels, taskRunId, result }: Job): FetchedPart {
  const field = taskRunField(taskRunId);
  if (!sequels.some(({ reads }) => reads.includes(field))) return part;
  // It is in no iteration: what reads one of those is no sequel.
  const taskRun: Partial<TaskRun> = {
    id: taskRunId,
    taskId: item.taskId,
    index: Number.MAX_SAFE_INTEGER,
    history: [['SUCCESS', result!.endedAtMs]],
    outputs: result!.outputs,
  };
  return { ...part, fields: [...part.fields, [field, JSON.stringify(taskRun)]] };
}
