/**
 * Letters: what an execution has to say to another one. A letter is written with the commit that wants it, and kept by the owner
 * of the sender until it is answered (B4): sent at once, again after a while, and by the next owner. Saying it twice is saying
 * it once, since what it asks for is named (B3).
 */
import type { Envelope } from './envelope.ts';
import type { Caller, ExecutionPlace, ExecutionStart, ExecutionTrigger } from './execution.ts';
import type { FlowRef, Labels } from './flow.ts';
import { derivedId } from './ids.ts';
import type { ChildEndedMessage, Message } from './message.ts';
import type { Answered, Question } from './question.ts';

/** An execution of another flow, as a task run asks for it: what the flow is, and whether it takes the inputs, is found out when it is sent. */
export interface Call {
  readonly tenant: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly revision?: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The inputs in place of `inputs`, as JSON: where a secret was read to make them. */
  readonly sealedInputs?: Envelope;
  /** Over the labels of the flow that is called. */
  readonly labels: Labels;
  readonly scheduleDateMs?: number;
  readonly trigger: ExecutionTrigger;
  readonly depth: number;
  /** Of the caller: what it may see, its callee may see. */
  readonly kin: readonly ExecutionPlace[];
  readonly principal: string;
  readonly createdAtMs: number;
}

/** Questions as a worker gets them, and for whom it answers. */
export interface Asking {
  readonly executionId: string;
  /** Of the letter: the answers name it. */
  readonly name: string;
  readonly flow: FlowRef;
  /** Whose files may be told of. */
  readonly kin: readonly ExecutionPlace[];
  readonly questions: readonly Question[];
}

export type Letter =
  /** Begin it. `waits`: kept until the end is known. Otherwise the caller is told as soon as it has begun. */
  | {
      readonly kind: 'call';
      readonly id: string;
      readonly caller: Caller;
      readonly waits: boolean;
      readonly call: Call;
      /** To what the defaults of its inputs ask. */
      readonly answers?: readonly Answered[];
    }
  /** Tell when it has ended: it was begun by somebody else. Kept until the end is known. */
  | { readonly kind: 'await'; readonly id: string; readonly caller: Caller }
  /** A whole execution made anew; its flow is the sender's. */
  | { readonly kind: 'launch'; readonly start: ExecutionStart; readonly labels: Labels }
  /** End it, or never begin it. Kept until the end is known. */
  | { readonly kind: 'kill'; readonly id: string; readonly caller: Caller; readonly principal: string }
  /** It has ended. Kept until the caller has settled it. */
  | { readonly kind: 'answer'; readonly message: ChildEndedMessage }
  /** What a step must know before it can take the message. Kept until a worker has found it out. */
  | { readonly kind: 'ask'; readonly asking: Asking; readonly answers: readonly Answered[]; readonly message: Message }
  /** Its answer was taken. */
  | { readonly kind: 'settle'; readonly id: string; readonly notBeforeMs: number };

/** Names are unique in a partition, and begin with the sender. */
export const callName = (executionId: string, taskRunId: string, attempt: number): string =>
  `${executionId}/call/${taskRunId}/${attempt}`;
export const answerName = (executionId: string): string => `${executionId}/answer`;
export const settleName = (executionId: string, childId: string): string => `${executionId}/settle/${childId}`;
export const launchName = (executionId: string): string => `${executionId}/launch`;

/** Each question is answered once. */
export function withAnswers(
  letter: Extract<Letter, { kind: 'call' }>,
  answers: readonly Answered[],
): Extract<Letter, { kind: 'call' }> {
  const keyOf = ({ question }: Answered): string => JSON.stringify(question);
  const all = new Map([...answers, ...(letter.answers ?? [])].map((answered) => [keyOf(answered), answered]));
  return { ...letter, answers: [...all.values()] };
}

/** The same message asks under the same name. */
export const askName = (message: Message): string =>
  `${message.executionId}/ask/${derivedId('ask', JSON.stringify({ ...message, atMs: 0 }))}`;

/** The execution that a call asks for, of the flow that was found and the inputs that it takes. */
export const startOfCall = (
  { id, call, caller, waits }: Extract<Letter, { kind: 'call' }>,
  flow: FlowRef,
  inputs: ExecutionStart['inputs'],
): ExecutionStart => ({
  id,
  flow,
  inputs,
  trigger: call.trigger,
  originalId: id,
  principal: call.principal,
  createdAtMs: call.createdAtMs,
  incarnation: 0,
  depth: call.depth,
  kin: call.kin,
  ...(call.scheduleDateMs === undefined ? {} : { scheduleDateMs: call.scheduleDateMs }),
  ...(waits ? { caller } : {}),
});
