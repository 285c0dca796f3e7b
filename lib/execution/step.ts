/**
 * The heart: step(run, message, facts) → what changes and what must be done.
 * E1 Pure: no clock, dice, environment or network; the same arguments give the same step on any machine.
 * E2 Total: every message is answered in every state, if only by `unchanged`.
 * E3 Idempotent: a message delivered twice changes nothing the second time.
 * E4 Flat: the cost does not grow with the task runs that have ended.
 */
import { NeedsFact } from '../expression/render.ts';
import { isOver, isStill, type Tombstone } from '../model/execution.ts';
import type { Flow } from '../model/flow.ts';
import type { Installation } from '../model/installation.ts';
import type { Message } from '../model/message.ts';
import type { Answered, Question } from '../model/question.ts';
import { cutAll } from './cut.ts';
import { Draft } from './draft.ts';
import type { Change, Effect } from './effect.ts';
import { endExecution } from './end.ts';
import { advance } from './next.ts';
import { onAbandon } from './on/abandon.ts';
import { isAfterwards, onAfterwards } from './on/afterwards.ts';
import { onChildEnded } from './on/child-ended.ts';
import { onContinue } from './on/continue.ts';
import { onForceRun } from './on/force-run.ts';
import { onGoOn } from './on/go-on.ts';
import { onKill } from './on/kill.ts';
import { onPause } from './on/pause.ts';
import { onReoffer } from './on/reoffer.ts';
import { onResend } from './on/resend.ts';
import { onResume } from './on/resume.ts';
import { beginning, onLater, onStart } from './on/start.ts';
import { onTaskEnded } from './on/task-ended.ts';
import { onTaskStarted } from './on/task-started.ts';
import { onTimer } from './on/timer.ts';
import { onWorkerLost } from './on/worker-lost.ts';
import type { StepSecrets } from './opener.ts';
import type { Run } from './run.ts';
import { judge } from './sla.ts';

export interface Facts {
  /** The bus's time, ms. */
  readonly nowMs: number;
  /** The lease's epoch: deliveries are `<epoch>.<n>`, so that a roll-back does not repeat one. */
  readonly epoch: number;
  /** The flow as `start.flow.hash` names it; a sentence when it cannot be had or parsed. */
  readonly flow: Flow | string;
  /** To what an earlier try of this step has asked. */
  readonly answers?: readonly Answered[];
  /** What the configuration gives to expressions. */
  readonly installation?: Installation;
  /** Of the execution, if it has ended and left. */
  readonly tombstone?: Tombstone;
  /** Opens and seals what is encrypted at rest; absent, secrets cannot be read. */
  readonly secrets?: StepSecrets;
}

export type Step =
  /** It cannot be made before these are answered. */
  | { readonly kind: 'needs'; readonly questions: readonly Question[] }
  | { readonly kind: 'unchanged'; readonly why: string }
  | { readonly kind: 'changed'; readonly change: Change; readonly effects: readonly Effect[] };

export function step(run: Run | undefined, message: Message, facts: Facts): Step {
  if (facts.tombstone) return unchanged('the execution has ended and left');
  const known = { ...facts, flow: flowOrNothing(facts.flow), saidAtMs: message.atMs };
  if (message.kind === 'start') {
    if (run) return unchanged('the execution is there');
    const begun = (): Draft => new Draft(undefined, beginning(message), known);
    const taken = changed(begun(), (draft) => onStart(draft, facts.flow));
    // Others see it, and may kill it, while it is found out what its first tasks ask.
    return taken.kind === 'needs' ? changed(begun(), onLater) : taken;
  }
  if (!run) return unchanged('no such execution');
  if (isOver(run.head) && !isAfterwards(message)) return unchanged('the execution has ended');
  return changed(new Draft(run, run, known), (draft) => answer(draft, message));
}

type Rest = Exclude<Message, { kind: 'start' }>;

/** A reason when nothing changes. */
function answer(draft: Draft, message: Rest): string | undefined {
  switch (message.kind) {
    case 'taskStarted':
      return onTaskStarted(draft, message);
    case 'taskEnded':
      return onTaskEnded(draft, message);
    case 'workerLost':
      return onWorkerLost(draft, message);
    case 'reoffer':
      return onReoffer(draft, message);
    case 'resend':
      return onResend(draft, message);
    case 'timer':
      return onTimer(draft, message);
    case 'kill':
      return onKill(draft, message);
    case 'pause':
      return onPause(draft, message);
    case 'resume':
      return onResume(draft, message);
    case 'goOn':
      return onGoOn(draft, message);
    case 'forceRun':
      return onForceRun(draft, message);
    case 'restart':
    case 'changeTaskRun':
    case 'changeState':
    case 'relabel':
      return isOver(draft.head) ? onAfterwards(draft, message) : 'it has not ended';
    case 'forget':
      return 'it has not ended';
    case 'childEnded':
      return onChildEnded(draft, message);
    case 'settled':
      return 'it has not ended';
    case 'answers':
      return 'nobody asks';
    case 'continue':
      return onContinue(draft);
    case 'abandon':
      return onAbandon(draft, message.reason);
  }
}

function changed(draft: Draft, act: (draft: Draft) => string | undefined): Step {
  const wasStill = isStill(draft.head);
  try {
    const why = act(draft);
    if (why !== undefined) return unchanged(why);
    // Before anything new begins, and again for what ends on the way.
    keepPromises(draft);
    advance(draft);
    keepPromises(draft);
  } catch (error) {
    if (!(error instanceof NeedsFact)) throw error;
    draft.questions.push(error.question);
  }
  if (draft.questions.length > 0) return { kind: 'needs', questions: draft.questions };
  if (isStill(draft.head) !== wasStill) draft.effects.push({ kind: 'still', still: !wasStill });
  return { kind: 'changed', ...draft.finish() };
}

/** Assertions are judged where one of the flow's own tasks has ended. */
function keepPromises(draft: Draft): void {
  if (!draft.hasEndedTasks || draft.flow.sla.length === 0 || draft.head.closing || isOver(draft.head)) return;
  draft.hasEndedTasks = false;
  const verdict = judge(draft, false);
  if (!verdict) return;
  cutAll(draft);
  endExecution(draft, verdict.state, verdict.reason);
}

const unchanged = (why: string): Step => ({ kind: 'unchanged', why });

/** An execution whose flow cannot be had fails at its start; what comes later finds it ended. */
const flowOrNothing = (flow: Flow | string): Flow => (typeof flow === 'string' ? NO_FLOW : flow);

const NO_FLOW: Flow = {
  tenant: '',
  namespace: '',
  id: '',
  hash: '',
  labels: {},
  inputs: [],
  variables: {},
  tasks: [],
  errors: [],
  finally: [],
  outputs: [],
  triggers: [],
  afterExecution: [],
  listeners: [],
  sla: [],
  disabled: false,
  taskOf: new Map(),
};
