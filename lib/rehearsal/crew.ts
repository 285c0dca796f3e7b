/**
 * The workers of a rehearsal: an attempt is claimed as soon as it is handed out, and its outcome is told when its time has
 * passed. Gates as in an installation: nothing is claimed that was taken back, killed or handed out again, and nobody goes on by
 * himself where nothing new begins.
 */
import type { Item } from '../bus/queues.ts';
import { attemptRef, parseAttemptRef } from '../model/execution.ts';
import type { ExecutionUpdate, TaskEndedMessage } from '../model/message.ts';

/** What runs as long is told as a start. */
const TOLD_MS = 1_000;

export interface TaskOutcome {
  readonly state?: TaskEndedMessage['state'];
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly update?: ExecutionUpdate;
  readonly reason?: string;
  /** How long it runs, in virtual time; a second and more is told as a start. */
  readonly ms?: number;
  /** No worker takes it. */
  readonly unclaimed?: boolean;
}

/** Time stands still while a promise is waited for. */
export type Outcome = TaskOutcome | Promise<TaskOutcome>;

export interface CrewParts {
  readonly now: () => number;
  /** In virtual time. */
  readonly later: (ms: number, act: () => void) => void;
  /** In the world's time: nothing else happens before. */
  readonly wait: <T>(promise: Promise<T>, act: (value: T) => void) => void;
  readonly tell: (executionId: string, message: { readonly kind: 'taskStarted' | 'taskEnded' }) => void;
  readonly outcome: (item: Item) => Outcome;
  /** Whether workers go on with what follows. */
  readonly goesOn: boolean;
}

export class Crew {
  /** Executions that are being killed: none of their attempts may be claimed. */
  readonly killing = new Set<string>();
  /** Executions in which nothing new begins. */
  readonly still = new Set<string>();
  readonly #parts: CrewParts;
  /** Attempts that may be claimed, and under which delivery. */
  readonly #open = new Map<string, string>();
  readonly #claimed = new Map<string, (outcome: TaskOutcome) => void>();

  constructor(parts: CrewParts) {
    this.#parts = parts;
  }

  offer(item: Omit<Item, 'version'>): void {
    this.#open.set(item.ref, item.delivery);
    this.#parts.later(0, () => this.#claim({ ...item, version: '' }));
  }

  close(ref: string): void {
    this.#open.delete(ref);
  }

  revoke(ref: string): void {
    const answer = this.#claimed.get(ref);
    if (this.#claimed.delete(ref)) this.#parts.later(0, () => answer!({ state: 'KILLED' }));
  }

  #claim(item: Item): void {
    const { executionId } = parseAttemptRef(item.ref);
    if (this.#open.get(item.ref) === item.delivery && !this.killing.has(executionId)) this.#begin(item);
  }

  #begin(item: Item): void {
    const outcome = this.#parts.outcome(item);
    if (outcome instanceof Promise) this.#parts.wait(outcome, this.#begun(item, 0));
    else if (!outcome.unclaimed) this.#begun(item, outcome.ms ?? 0)(outcome);
  }

  /** What takes the outcome of a claimed attempt, once; a kill may be faster. */
  #begun(item: Item, ms: number): (outcome: TaskOutcome) => void {
    const { ref, delivery } = item;
    const { executionId, ...place } = parseAttemptRef(ref);
    const by = { executionId, ...place, token: tokenOf(item), workerId: 'worker' };
    if (ms >= TOLD_MS) this.#parts.tell(executionId, { ...by, kind: 'taskStarted', ...{ delivery } });
    const startedAtMs = this.#parts.now();
    const answer = ({ state = 'SUCCESS', outputs, update, reason }: TaskOutcome): void => {
      const next = state === 'SUCCESS' && !update ? this.#nextOf(item) : undefined;
      const claimed = next && { taskId: next.taskId, ...parseAttemptRef(next.ref), delivery, token: tokenOf(next) };
      const claim = claimed && { ...claimed, atMs: this.#parts.now() };
      if (next) this.#open.set(next.ref, delivery);
      const end = { state, startedAtMs, endedAtMs: this.#parts.now(), lines: 0, outputs, update, reason };
      this.#parts.tell(executionId, { ...by, ...end, ...(claim ? { next: claim } : {}), kind: 'taskEnded' });
      if (next && this.#open.has(next.ref)) this.#begin(next);
    };
    this.#claimed.set(ref, answer);
    return (outcome) =>
      this.#parts.later(
        outcome.ms ?? ms,
        () => this.#claimed.get(ref) === answer && this.#claimed.delete(ref) && answer(outcome),
      );
  }

  #nextOf({ sequels: [first, ...sequels] = [], ...item }: Item): Item | undefined {
    const { executionId } = parseAttemptRef(item.ref);
    if (!first || !this.#parts.goesOn || this.killing.has(executionId) || this.still.has(executionId)) return undefined;
    const { taskRunId, taskId, reads } = first;
    return { ...item, ref: attemptRef(executionId, taskRunId, 1), taskId, reads, sequels };
  }
}

const tokenOf = ({ ref, delivery }: Item): string => `token/${ref}/${delivery}`;
