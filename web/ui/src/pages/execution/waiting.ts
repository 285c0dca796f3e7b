/** "Why is it waiting?" and "why did it fail?", in one sentence each, in the reader's own time. Pure. */
import type { WhyBody } from '../../../../api/bodies.ts';
import { shortDateText, spanText } from '../../time.ts';

/** A task that nobody has taken for so long is worth a word about workers. */
const UNTAKEN_MS = 5_000;

export interface Sentence {
  readonly text: string;
  /** The task run that it is about. */
  readonly taskRunId?: string;
  /** The execution that it waits for. */
  readonly executionId?: string;
  /** Whether somebody is there to take it, the page of services tells. */
  readonly services?: boolean;
  /** It waits for a time: who does not want to wait can make it go on. */
  readonly timed?: boolean;
}

type Of<K extends WhyBody['kind']> = Extract<WhyBody, { readonly kind: K }>;

export function sentenceOf(why: WhyBody, now: number): Sentence {
  switch (why.kind) {
    case 'limited':
      return { text: 'It waits until other executions of this flow have ended: the flow limits how many run at once.' };
    case 'killing':
      return { text: 'It is being killed: running tasks are told to stop.' };
    case 'held':
      return { text: 'Somebody has paused it: no task begins until somebody resumes it.' };
    case 'untouched':
      return { text: 'No task has started yet: an executor takes it up. Is none there?', services: true };
    case 'works':
      return { text: `runs ${namesOf(why)}` };
    case 'retry':
      return retryOf(why, now);
    case 'untaken':
      return untakenOf(why, now);
    case 'paused': {
      const goesOn = why.due === undefined ? '' : `; otherwise it goes on ${untilText(why.due, now)}`;
      return { text: `${namesOf(why)} is paused until somebody resumes it${goesOn}.`, taskRunId: why.taskRunId };
    }
    case 'round':
      return {
        text: `${namesOf(why)} begins its next round ${untilText(why.due, now)}.`,
        taskRunId: why.taskRunId,
        timed: true,
      };
    case 'call':
      return {
        text: `${namesOf(why)} waits for the end of the execution that it started.`,
        executionId: why.executionId,
      };
    case 'failed':
      return failedOf(why);
  }
}

function retryOf(why: Of<'retry'>, now: number): Sentence {
  const reason = why.reason ? ` (${why.reason})` : '';
  const when =
    why.due === undefined
      ? `after a while; it has waited ${spanText(now - Date.parse(why.since), true)}`
      : untilText(why.due, now);
  return {
    text: `${namesOf(why)} failed${reason} and will be tried again: attempt ${why.attempt} follows ${when}.`,
    taskRunId: why.taskRunId,
    timed: true,
  };
}

function untakenOf(why: Of<'untaken'>, now: number): Sentence {
  const waitedMs = now - Date.parse(why.since);
  const again = why.lost ? ' The worker that had it was lost; it is handed out anew.' : '';
  const services = waitedMs > UNTAKEN_MS;
  const hint = services ? ' Are all workers busy, or is none there, or none of the group that the task names?' : '';
  return {
    text: `${namesOf(why)} ${why.count === 1 ? 'has' : 'have'} waited ${spanText(waitedMs)} for a free worker.${again}${hint}`,
    services,
  };
}

function failedOf({ task, taskRunId, state, reason }: Of<'failed'>): Sentence {
  if (task === undefined) return { text: reason ?? `It ended ${state}; its log says more.` };
  const text = reason ? `${task}: ${reason}` : `${task} ended ${state}; its log says more.`;
  return { text, ...(taskRunId !== undefined && { taskRunId }) };
}

/** When it goes on, both as a person waits and as a clock shows it. */
function untilText(due: string, now: number): string {
  const ms = Date.parse(due) - now;
  return ms > 0 ? `in ${spanText(ms, true)} (${shortDateText(due, now)})` : 'at any moment';
}

const namesOf = ({ tasks, more }: { readonly tasks: readonly string[]; readonly more?: number }): string =>
  `${tasks.join(', ')}${more ? ` and ${more} more` : ''}`;
