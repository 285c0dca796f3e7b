/**
 * The workers of a rehearsal: an attempt is claimed as soon as it is handed out, and its outcome is told when its time has
 * passed. Gates as in an installation: nothing is claimed that was taken back, killed or handed out again.
 */
import type { Item } from '../bus/queues.ts';
import { parseAttemptRef } from '../model/execution.ts';
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
}

export class Crew {
  /** Executions that are being killed: none of their attempts may be claimed. */
  readonly killing = new Set<string>();
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
    const place = parseAttemptRef(item.ref);
    if (this.#open.get(item.ref) !== item.delivery || this.killing.has(place.executionId)) return;
    const outcome = this.#parts.outcome(item);
    if (outcome instanceof Promise) this.#parts.wait(outcome, this.#begun(item, 0));
    else if (!outcome.unclaimed) this.#begun(item, outcome.ms ?? 0)(outcome);
  }

  /** What takes the outcome of a claimed attempt, once; a kill may be faster. */
  #begun(item: Item, ms: number): (outcome: TaskOutcome) => void {
    const { ref, delivery } = item;
    const { executionId, ...place } = parseAttemptRef(ref);
    const by = { executionId, ...place, token: `token/${ref}/${delivery}`, workerId: 'worker' };
    if (ms >= TOLD_MS) this.#parts.tell(executionId, { ...by, kind: 'taskStarted', ...{ delivery } });
    const startedAtMs = this.#parts.now();
    const answer = ({ state = 'SUCCESS', outputs, update, reason }: TaskOutcome): void =>
      this.#parts.tell(executionId, {
        ...{ ...by, state, startedAtMs, endedAtMs: this.#parts.now(), lines: 0, outputs, update, reason },
        kind: 'taskEnded',
      });
    this.#claimed.set(ref, answer);
    return (outcome) =>
      this.#parts.later(
        outcome.ms ?? ms,
        () => this.#claimed.get(ref) === answer && this.#claimed.delete(ref) && answer(outcome),
      );
  }
}
