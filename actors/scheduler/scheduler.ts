/**
 * The scheduler: one of several leads, and starts executions when their triggers are due. Everything it must remember is in
 * the timetable, whose commit checks the leader's token: killed at any moment, the next one goes on, and a tick starts one
 * execution however often it is looked at. node-cron only wakes it; the bus's time decides.
 */
import { randomUUID } from 'node:crypto';
import { type ScheduledTask, schedule } from 'node-cron';
import type { Bus } from '../../lib/bus/bus.ts';
import { type Member, newMember } from '../../lib/bus/members.ts';
import { LEADER_MS } from '../../lib/bus/timetable.ts';
import { systemClock } from '../../lib/clock.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import type { Installation } from '../../lib/model/installation.ts';
import type { Cipher } from '../../lib/secret/cipher.ts';
import type { Health, Service } from '../../lib/service.ts';
import { Definitions } from './definitions.ts';
import { startDue } from './due.ts';
import { doubtCursors, doubtDefaults, type Flows, keepDefaults, readFlows } from './flows.ts';
import { Term } from './term.ts';

const EACH_SECOND = '* * * * * *';
const SILENT_MS = 10_000;
/** How long one wake reads flows, and how long it computes ticks: both well below the lead. */
const READING_MS = 800;
const STARTING_MS = 800;
const DOUBT_MS = 10_000;
const LEAVING_MS = 3_000;

export interface SchedulerParts {
  readonly bus: Bus;
  readonly catalogue: Catalogue;
  /** Of schedules that name none. */
  readonly timezone: string;
  /** Plugin defaults of the configuration. */
  readonly globals?: readonly unknown[];
  readonly cipher?: Cipher;
  readonly secrets?: Readonly<Record<string, string>>;
  /** What the configuration gives to expressions. */
  readonly installation?: Installation;
  readonly log: Log;
}

export interface Scheduler extends Service {
  /** What a wake does; never throws, and never runs twice at a time. */
  tick(): Promise<void>;
}

export function buildScheduler(parts: SchedulerParts): Scheduler {
  const leader = new Leader(parts);
  let waking: ScheduledTask | undefined;
  const quiet = async () => {
    await waking?.destroy();
    waking = undefined;
    await leader.resign();
  };
  return {
    name: 'scheduler',
    start: async () => {
      await leader.tick();
      waking = schedule(EACH_SECOND, () => leader.tick(), { name: 'windhover', suppressMissedWarning: true });
    },
    tick: () => leader.tick(),
    quiet,
    stop: async (deadlineMs) => {
      const late = new AbortController();
      await Promise.race([quiet(), systemClock.sleep(deadlineMs, late.signal)]);
      late.abort();
    },
    health: () => leader.health(),
  };
}

class Leader {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #flows: Flows;
  readonly #member: Member;
  readonly #token: string;
  #term: Term | undefined;
  /** The bus's time before the lead was last taken: until LEADER_MS after it nobody else has it. */
  #leadMs = 0;
  #doubtedMs = 0;
  #running: Promise<void> | undefined;
  #ending = false;
  #trouble: string | undefined;
  #progressMs = performance.now();

  constructor({ bus, catalogue, timezone, globals = [], cipher, secrets, installation, log }: SchedulerParts) {
    this.#bus = bus;
    this.#log = log;
    const definitions = new Definitions(catalogue, globals);
    this.#flows = { bus, definitions, timezone, cipher, secrets, installation, log };
    this.#token = randomUUID();
    this.#member = newMember('scheduler', { id: this.#token });
  }

  tick(): Promise<void> {
    if (this.#ending) return Promise.resolve();
    this.#sayAlive();
    this.#running ??= this.#guarded().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async resign(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    // Where the bus is away, the lead and the membership run out by themselves.
    const late = new AbortController();
    await Promise.race([this.#leave(), systemClock.sleep(LEAVING_MS, late.signal)]);
    late.abort();
  }

  async #leave(): Promise<void> {
    await this.#running;
    const { timetable, members } = this.#bus;
    await Promise.allSettled([this.#term ? timetable.resign(this.#token) : undefined, members.leave(this.#member.id)]);
    this.#term = undefined;
  }

  health(): Health {
    if (this.#ending || performance.now() - this.#progressMs < SILENT_MS) return { ok: true };
    return {
      ok: false,
      detail: `no tick has ended for ${SILENT_MS / 1_000} s: ${this.#trouble ?? 'the last one goes on'}`,
    };
  }

  async #guarded(): Promise<void> {
    try {
      await this.#work();
      if (this.#trouble !== undefined) this.#log.info({}, 'the scheduler goes on');
      this.#trouble = undefined;
      this.#progressMs = performance.now();
    } catch (error) {
      const reason = textOf(error);
      if (!isFault(error)) this.#log.error({ err: error }, 'a tick of the scheduler failed');
      else if (this.#trouble === undefined)
        this.#log.warn({ reason }, 'the scheduler cannot work; it tries again each second');
      this.#trouble = reason;
    }
  }

  async #work(): Promise<void> {
    const { timetable } = this.#bus;
    const beforeMs = await this.#bus.now();
    if (!(await timetable.lead(this.#token))) {
      this.#term = undefined;
      return;
    }
    const nowMs = await this.#bus.now();
    if (this.#term?.over || nowMs >= this.#leadMs + LEADER_MS || nowMs < this.#leadMs) this.#term = undefined;
    this.#leadMs = beforeMs;
    if (this.#term && !(await this.#term.stands())) {
      this.#log.warn({}, 'a failover has taken commits of the timetable away: it is read anew');
      this.#term = undefined;
    }
    if (!this.#term) {
      this.#term = await Term.begin(this.#bus, this.#token, this.#log);
      this.#doubtedMs = 0;
      doubtDefaults(this.#flows, this.#term);
    }
    await this.#lead(this.#term, nowMs);
  }

  async #lead(term: Term, nowMs: number): Promise<void> {
    if (Math.abs(nowMs - this.#doubtedMs) >= DOUBT_MS) {
      await doubtCursors(this.#flows, term);
      this.#doubtedMs = nowMs;
    }
    if (!(await readFlows(this.#flows, term, nowMs, lasting(READING_MS)))) return;
    if (!(await keepDefaults(this.#flows, term))) return;
    if (!(await startDue(this.#flows, term, lasting(STARTING_MS)))) return;
    const sent = await term.outbox.send(await this.#bus.now());
    if (sent.length > 0) await term.commit({ sent });
  }

  #sayAlive(): void {
    this.#bus.members.beat(this.#member).catch((error: unknown) => {
      // The bus is away: the next beat says it.
      if (!isFault(error)) this.#log.error({ err: error }, 'the beat was refused');
    });
  }
}

function lasting(ms: number): () => boolean {
  const untilMs = performance.now() + ms;
  return () => performance.now() < untilMs;
}
