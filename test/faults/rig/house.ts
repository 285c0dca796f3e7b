/**
 * The processes of an installation, and their supervisor: what dies is started again after a second, as a Procfile's runner would.
 * Every end is either planned (a phase, a failpoint) or noted. Stops are woken here, since who is stopped cannot.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BITES, type Said } from '../build/server.ts';
import type { Bite, Failpoint } from '../build/sites.ts';
import { LineFile } from './line-file.ts';

export const ROLES = ['executor', 'worker', 'scheduler', 'indexer', 'webserver'] as const;
export type Role = (typeof ROLES)[number];

const SERVER = fileURLToPath(new URL('../build/server.ts', import.meta.url));
const READY_MS = 90_000;
const AGAIN_MS = 1_000;
const LOOK_MS = 20;

export interface Resident {
  readonly role: Role;
  /** Of its role, from 1; the one that takes its place has the same. */
  readonly number: number;
  readonly pid: number;
  /** Where its metrics are, without a path. */
  readonly health: string;
  /** Where it serves REST, if it does. */
  readonly web: string;
  readonly readyAtMs: number;
  readonly log: string;
  readonly alive: boolean;
  readonly exited: Promise<void>;
  arm(failpoint: Failpoint): void;
}

interface Seat {
  readonly role: Role;
  readonly number: number;
  /** Nobody takes it again. */
  left: boolean;
  child?: ChildProcess;
  resident?: Resident;
}

export interface Fate {
  readonly pid: number;
  readonly atMs: number;
}

const fateOf = (pid: number): Fate => ({ pid, atMs: Date.now() });

export interface HouseParts {
  /** For logs, bites and deeds. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly threads: number;
  /** Told of each that is ready. */
  readonly entered: (resident: Resident) => void;
}

export class House {
  /** Ends that nobody had planned, in words. */
  readonly strayEnds: string[] = [];
  readonly bites: Bite[] = [];
  /** Processes that were killed; those that were stopped for a while, or told to end. */
  readonly deaths: Fate[] = [];
  readonly stops: Fate[] = [];
  readonly #parts: HouseParts;
  readonly #seats: Seat[] = [];
  readonly #planned = new Set<number>();
  readonly #biteFile: LineFile<Bite>;
  #closed = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(parts: HouseParts) {
    this.#parts = parts;
    this.#biteFile = new LineFile(join(parts.folder, BITES));
  }

  watch(): void {
    this.#watching = this.#watch();
  }

  /** One more of a role. */
  async add(role: Role): Promise<Resident> {
    const number = 1 + Math.max(0, ...this.#seats.filter((seat) => seat.role === role).map((seat) => seat.number));
    const seat: Seat = { role, number, left: false };
    this.#seats.push(seat);
    return this.#enter(seat);
  }

  of(role: Role): readonly Resident[] {
    return this.#seats.flatMap(({ resident }) => (resident?.role === role && resident.alive ? [resident] : []));
  }

  get all(): readonly Resident[] {
    return ROLES.flatMap((role) => this.of(role));
  }

  /** Resolves when all seats are taken by the living. */
  async whole(withinMs = READY_MS): Promise<void> {
    const missing = () => this.#seats.filter(({ left, resident }) => !left && !resident?.alive);
    for (const untilMs = performance.now() + withinMs; missing().length > 0; await sleep(LOOK_MS))
      if (performance.now() > untilMs)
        throw new Error(
          `expected all servers to be ready within ${withinMs} ms, got none for ${missing().map(({ role, number }) => `${role} ${number}`)}`,
        );
  }

  /** Its place is taken again after a second. */
  async kill(resident: Resident): Promise<void> {
    this.#planned.add(resident.pid);
    this.deaths.push(fateOf(resident.pid));
    signal(resident.pid, 'SIGKILL');
    await resident.exited;
  }

  /** Stops the process, and lets it go on after a while. */
  async pause(resident: Resident, ms: number): Promise<void> {
    this.stops.push(fateOf(resident.pid));
    signal(resident.pid, 'SIGSTOP');
    await sleep(ms);
    signal(resident.pid, 'SIGCONT');
  }

  /** Before its time is over. */
  wake(pid: number): void {
    signal(pid, 'SIGCONT');
  }

  /** SIGTERM, for good. Resolves with how long it took, and its exit code or signal. */
  async retire(resident: Resident): Promise<{ readonly ms: number; readonly end: number | string }> {
    const seat = this.#seats.find((each) => each.resident === resident)!;
    seat.left = true;
    this.#planned.add(resident.pid);
    this.stops.push(fateOf(resident.pid));
    const fromMs = performance.now();
    signal(resident.pid, 'SIGTERM');
    await resident.exited;
    return { ms: performance.now() - fromMs, end: seat.child!.signalCode ?? seat.child!.exitCode! };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const seat of this.#seats) {
      seat.left = true;
      if (seat.child?.pid !== undefined) this.#planned.add(seat.child.pid);
      seat.child?.kill('SIGCONT');
      seat.child?.kill('SIGKILL');
    }
    await Promise.all(this.#seats.flatMap(({ resident }) => (resident ? [resident.exited] : [])));
    await this.#watching;
  }

  async #enter(seat: Seat): Promise<Resident> {
    const { folder, env, threads } = this.#parts;
    const { role, number } = seat;
    const log = join(folder, `${role}-${number}.log`);
    const file = openSync(log, 'a');
    const child = fork(SERVER, [role, folder, ...(role === 'worker' ? ['--threads', String(threads)] : [])], {
      env: { PATH: process.env.PATH!, HOME: process.env.HOME ?? '/', WINDHOVER_LOG_FORMAT: 'json', ...env },
      execArgv: [],
      stdio: ['ignore', file, file, 'ipc'],
    });
    closeSync(file);
    seat.child = child;
    const exited = once(child, 'exit').then(() => {});
    void exited.then(() => this.#gone(seat, child));
    const said = await readiness(child, exited);
    const resident: Resident = {
      role,
      number,
      pid: child.pid!,
      health: said?.health ?? '',
      web: said?.web ?? '',
      readyAtMs: Date.now(),
      log,
      get alive() {
        return child.exitCode === null && child.signalCode === null;
      },
      exited,
      arm: (failpoint) => {
        if (child.connected) child.send(failpoint, () => {}); // One that has just died arms nothing.
      },
    };
    if (!said && !this.#closed && !this.#planned.has(child.pid!))
      throw new Error(`expected ${role} ${number} to be ready within ${READY_MS} ms: see ${log}`);
    seat.resident = resident;
    if (said) this.#parts.entered(resident);
    return resident;
  }

  #gone(seat: Seat, child: ChildProcess): void {
    this.#readBites();
    if (!this.#planned.has(child.pid!))
      this.strayEnds.push(`${seat.role} ${seat.number} ended by itself (${child.signalCode ?? child.exitCode})`);
    if (seat.left || this.#closed) return;
    setTimeout(() => {
      if (seat.left || this.#closed) return;
      this.#enter(seat).catch((error: unknown) => void this.strayEnds.push(String(error)));
    }, AGAIN_MS);
  }

  async #watch(): Promise<void> {
    while (!this.#closed) {
      this.#readBites();
      await sleep(LOOK_MS);
    }
  }

  #readBites(): void {
    for (const bite of this.#biteFile.read()) {
      this.bites.push(bite);
      if (bite.act === 'kill') this.#planned.add(bite.pid);
      const fates = { kill: this.deaths, stop: this.stops, delay: undefined, lose: undefined }[bite.act];
      fates?.push({ pid: bite.pid, atMs: bite.atMs });
      if (bite.act === 'stop') setTimeout(() => signal(bite.pid, 'SIGCONT'), bite.ms ?? 0);
    }
  }
}

/** Undefined: it ended, or was never ready. */
async function readiness(child: ChildProcess, exited: Promise<void>): Promise<Said | undefined> {
  const late = new AbortController();
  const ready = once(child, 'message', { signal: late.signal }).then(([said]) => said as Said);
  try {
    return await Promise.race([
      ready,
      exited.then(() => undefined),
      sleep(READY_MS, undefined, { signal: late.signal }),
    ]);
  } finally {
    ready.catch(() => {}); // Nobody waits for it any more.
    late.abort();
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}
