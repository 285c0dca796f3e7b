/** A worker as the simulation has it: claims first, runs for a while, answers until the owner has applied the answer. */

import { CLAIM_RENEW_MS, type ClaimRequest } from '../../lib/bus/claims.ts';
import type { MemoryBus } from '../../lib/bus/memory/open.ts';
import type { Item } from '../../lib/bus/queues.ts';
import { parseAttemptRef } from '../../lib/model/execution.ts';
import type { TaskEndedMessage } from '../../lib/model/message.ts';
import { executionPartition } from '../../lib/model/partition.ts';
import { outcomeOf } from './flows.ts';
import type { Dice } from './random.ts';
import type { Wire } from './wire.ts';

const ANSWER_AGAIN_MS = 5_000;
const PAUSE_MS = 10_000;
/** Part of the claims that are taken as those of short tasks are. */
const UNTOLD = 0.3;

interface Held {
  readonly request: ClaimRequest;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  renewedMs: number;
  answer?: TaskEndedMessage;
  answeredMs: number;
}

export interface WorkerWorld {
  readonly bus: MemoryBus;
  readonly dice: Dice;
  readonly wire: Wire;
  /** User code begins: the ledger that the system never reads. */
  ran(ref: string, worker: string): void;
  taskOf(ref: string): string;
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
    const { bus, dice, ran } = this.#world;
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
    ran.call(this.#world, item.ref, this.name);
    this.#held.set(request.token, {
      request,
      startedAtMs: nowMs,
      endsAtMs: nowMs + dice.below(4_000),
      renewedMs: nowMs,
      answeredMs: 0,
    });
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
    const taskId = this.#world.taskOf(held.request.ref);
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
    this.#send(held, nowMs);
  }

  #send(held: Held, nowMs: number): void {
    held.answeredMs = nowMs;
    const answer = { ...held.answer!, atMs: nowMs };
    this.#world.wire.send(() => this.#world.bus.mailbox.append(this.#partitionOf(held.request.ref), [answer]));
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
