/** A worker as the simulation has it: claims first, runs for a while, answers until the owner has applied the answer. */

import { CLAIM_RENEW_MS, type ClaimRequest } from '../../lib/bus/claims.ts';
import type { MemoryBus } from '../../lib/bus/memory/open.ts';
import type { Item } from '../../lib/bus/queues.ts';
import { attemptRef, parseAttemptRef } from '../../lib/model/execution.ts';
import type { TaskEndedMessage } from '../../lib/model/message.ts';
import { executionPartition } from '../../lib/model/partition.ts';
import { outcomeOf } from './flows.ts';
import type { Dice } from './random.ts';
import type { Wire } from './wire.ts';

const ANSWER_AGAIN_MS = 5_000;
const PAUSE_MS = 10_000;
/** Part of the claims that are taken as those of short tasks are. */
const UNTOLD = 0.3;
/** Part of the task runs behind which the worker goes on by itself, if it may. */
const GOES_ON = 0.8;

interface Held {
  readonly request: ClaimRequest;
  readonly item: Item;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  renewedMs: number;
  answer?: TaskEndedMessage;
  answeredMs: number;
  /** What it asks to go on with. */
  next?: Held;
}

export interface WorkerWorld {
  readonly bus: MemoryBus;
  readonly dice: Dice;
  readonly wire: Wire;
  /** User code begins: the ledger that the system never reads. */
  ran(ref: string, worker: string): void;
}

export class SimWorker {
  readonly name: string;
  dead = false;
  readonly #world: WorkerWorld;
  readonly #held = new Map<string, Held>();
  #pausedUntilMs = 0;
  #tokens = 0;

  constructor(name: string, world: WorkerWorld) {
    this.name = name;
    this.#world = world;
  }

  get isIdle(): boolean {
    return this.dead || this.#held.size === 0;
  }

  pause(): void {
    this.#pausedUntilMs = this.#world.bus.store.clock.now() + PAUSE_MS;
  }

  async take(item: Item): Promise<void> {
    const { bus, dice } = this.#world;
    const nowMs = bus.store.clock.now();
    if (this.dead || nowMs < this.#pausedUntilMs) return;
    const request = {
      ref: item.ref,
      delivery: item.delivery,
      token: `${this.name}-${++this.#tokens}`,
      untold: dice.chance(UNTOLD),
    };
    const [answer] = await bus.claims.claim(this.#partitionOf(item.ref), this.name, [request]);
    if (answer !== 'granted') return;
    this.#begin(this.#heldOf(item, request));
  }

  #heldOf(item: Item, request: ClaimRequest): Held {
    return { item, request, startedAtMs: 0, endsAtMs: 0, renewedMs: 0, answeredMs: 0 };
  }

  #begin(held: Held): void {
    const nowMs = this.#world.bus.store.clock.now();
    const endsAtMs = nowMs + this.#world.dice.below(4_000);
    this.#world.ran(held.request.ref, this.name);
    this.#held.set(held.request.token, { ...held, startedAtMs: nowMs, endsAtMs, renewedMs: nowMs });
  }

  async act(): Promise<void> {
    const nowMs = this.#world.bus.store.clock.now();
    if (this.dead || nowMs < this.#pausedUntilMs) return;
    for (const held of [...this.#held.values()]) {
      if (!held.answer && nowMs >= held.endsAtMs) this.#answer(held, nowMs);
      if (nowMs - held.renewedMs >= CLAIM_RENEW_MS) await this.#renew(held, nowMs);
    }
  }

  #answer(held: Held, nowMs: number): void {
    const { executionId, taskRunId, attempt } = parseAttemptRef(held.request.ref);
    const { taskId } = held.item;
    const state = outcomeOf(taskId, attempt);
    held.answer = {
      v: 1,
      kind: 'taskEnded',
      atMs: nowMs,
      executionId,
      taskRunId,
      attempt,
      token: held.request.token,
      workerId: this.name,
      state,
      startedAtMs: held.startedAtMs,
      endedAtMs: nowMs,
      lines: 0,
      ...(state === 'SUCCESS' ? { outputs: { value: taskId } } : { reason: 'as planned' }),
    };
    if (state === 'SUCCESS' && this.#world.dice.chance(GOES_ON)) held.next = this.#nextOf(held.item);
    this.#send(held, nowMs);
  }

  #nextOf({ sequels: [first, ...sequels] = [], ...item }: Item): Held | undefined {
    if (!first) return undefined;
    const ref = attemptRef(parseAttemptRef(item.ref).executionId, first.taskRunId, 1);
    const request = { ref, delivery: item.delivery, token: `${this.name}-${++this.#tokens}`, untold: true };
    return this.#heldOf({ ...item, ref, taskId: first.taskId, sequels }, request);
  }

  /** Sent again it asks for nothing more, but what was sent may still arrive, or have arrived. */
  #send(held: Held, nowMs: number): void {
    held.answeredMs = nowMs;
    const message = { ...held.answer!, atMs: nowMs };
    const { next, item, request } = held;
    held.next = undefined;
    const { executionId, taskRunId } = parseAttemptRef(next?.request.ref ?? item.ref);
    const answer = {
      message,
      delivery: request.delivery,
      ...(next ? { next: { taskId: next.item.taskId, taskRunId, token: next.request.token } } : {}),
    };
    let begun = false;
    this.#world.wire.send(async () => {
      const partition = executionPartition(executionId, this.#world.bus.partitions);
      const [granted] = await this.#world.bus.mailbox.answer(partition, this.name, [answer]);
      if (!next || !granted || begun || this.dead) return;
      begun = true;
      this.#begin(next);
    });
  }

  async #renew(held: Held, nowMs: number): Promise<void> {
    held.renewedMs = nowMs;
    const [answer] = await this.#world.bus.claims.renew(this.#partitionOf(held.request.ref), this.name, [held.request]);
    const isHeld = answer === 'held' || answer === 'retaken';
    if (held.answer?.state === 'KILLED' && isHeld) {
      // A roll-back has taken the kill away.
      this.#held.delete(held.request.token);
      await this.#world.bus.claims.giveBack(this.#partitionOf(held.request.ref), this.name, [held.request]);
    } else if (answer === 'closed' || (answer === 'revoked' && held.answer)) this.#held.delete(held.request.token);
    else if (answer === 'revoked') {
      const { executionId, taskRunId, attempt } = parseAttemptRef(held.request.ref);
      const killed = {
        v: 1,
        kind: 'taskEnded',
        executionId,
        taskRunId,
        attempt,
        token: held.request.token,
        workerId: this.name,
        state: 'KILLED',
        startedAtMs: held.startedAtMs,
        endedAtMs: nowMs,
        atMs: nowMs,
        lines: 0,
      } as const;
      held.answer = killed;
      this.#send(held, nowMs);
    } else if (held.answer && (answer === 'retaken' || nowMs - held.answeredMs >= ANSWER_AGAIN_MS))
      this.#send(held, nowMs);
  }

  #partitionOf(ref: string) {
    return executionPartition(parseAttemptRef(ref).executionId, this.#world.bus.partitions);
  }
}
