/**
 * The worker: takes parcels of its group, claims, runs user code on threads, answers. User code never runs on this loop,
 * which renews claims and says each second that it lives; what only renders does (at-once.ts).
 */
import { randomBytes } from 'node:crypto';
import type { Bus } from '../../lib/bus/bus.ts';
import { BusTime } from '../../lib/bus/bus-time.ts';
import { MEMBER_BEAT_MS, newMember } from '../../lib/bus/members.ts';
import type { Parcel, QueueServer } from '../../lib/bus/queues.ts';
import { systemClock } from '../../lib/clock.ts';
import { hostLanguage, hostPath } from '../../lib/config.ts';
import { isFault } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { gauge } from '../../lib/metrics.ts';
import { derivedId, idOf } from '../../lib/model/ids.ts';
import { type Installation, NO_INSTALLATION } from '../../lib/model/installation.ts';
import type { Asking } from '../../lib/model/letter.ts';
import type { Health, Service } from '../../lib/service.ts';
import { environmentOf } from '../../lib/task/environment.ts';
import { Answers } from './answers.ts';
import { Consult } from './consult.ts';
import { Crew } from './crew.ts';
import { Desk } from './desk.ts';
import { Fetch } from './fetch.ts';
import { insist } from './insist.ts';
import { Intake } from './intake.ts';
import { jobSource } from './job.ts';
import { Pool } from './pool.ts';
import { Respondent } from './respondent.ts';
import { GRACE_MS } from './seat.ts';
import { lineSender, metricSender, type Sender } from './sender.ts';
import { type WorkFolder, workFolder } from './work-folder.ts';

/** Parcels taken ahead of free threads, so that a thread does not wait for the queue. */
const AHEAD_MAX = 2;
const LOOK_MS = 20;
/** Of the deadline, kept for the last answers. */
const LAST_WORDS_MS = 500;

export interface WorkerOptions {
  readonly bus: Bus;
  readonly storage: { readonly folder: string };
  /** Packages of plugins. */
  readonly packages: readonly string[];
  /** Of secrets, base64. Absent: an execution that has some cannot read them. */
  readonly encryptionKey?: string;
  /** What `secret()` gives, in clear, by their names in capitals. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What the configuration gives to expressions. */
  readonly installation?: Installation;
  readonly threads: number;
  /** All threads are started at once, and stay. */
  readonly warm: boolean;
  readonly group: string;
  /** For working directories. */
  readonly folder: string;
  /** Tasks may reach loopback and private addresses. */
  readonly httpAllowPrivate: boolean;
  readonly log: Log;
}

export const buildWorker = (options: WorkerOptions): Service => new WorkerService(options);

class WorkerService implements Service {
  readonly name = 'worker';
  readonly #options: WorkerOptions;
  readonly #member = newMember('worker', { id: idOf(randomBytes(16)) });
  readonly #over = new AbortController();
  readonly #folder: WorkFolder;
  readonly #time: BusTime;
  readonly #desk: Desk;
  readonly #answers: Answers;
  readonly #said: readonly Pick<Sender<unknown>, 'flush' | 'waiting'>[];
  readonly #crew: Crew;
  readonly #pool: Pool;
  readonly #intake: Intake;
  readonly #respondent: Respondent;
  readonly #free = gauge('worker_threads_free', 'Threads that have nothing to do');
  #server: QueueServer | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    const { bus, log, threads, warm, group, packages, storage } = options;
    const [workerId, signal] = [this.#member.id, this.#over.signal];
    this.#options = options;
    this.#folder = workFolder(options.folder, workerId);
    const time = new BusTime(bus);
    const desk = new Desk({
      claims: bus.claims,
      workerId,
      log,
      signal,
      abort: (job) => job.place?.abort(job, 'killed'),
      resend: (job) => answers.send(job),
    });
    const goOn: Crew['goOn'] = (jobs, isGranted) => crew.goOn(jobs, isGranted);
    const answers = new Answers({ mailbox: bus.mailbox, workerId, time, log, signal, goOn });
    const jobs = jobSource(bus.partitions, workerId.slice(0, 8), () => performance.now());
    const said = { lines: bus.lines, log, signal };
    const [lines, metrics] = [lineSender(said), metricSender(said)];
    const consult = new Consult(bus);
    const crew = new Crew({
      desk,
      answers,
      lines,
      metrics,
      consult,
      mailbox: bus.mailbox,
      time,
      log,
      signal,
      freed: () => this.#intake.freed(),
      jobs,
      mayGoOn: () => this.#intake.isOpen,
    });
    const host = { path: hostPath(), language: hostLanguage(), node: process.execPath, folder: options.folder };
    const setup = {
      packages,
      encryptionKey: options.encryptionKey,
      secrets: options.secrets,
      installation: options.installation ?? NO_INSTALLATION,
      storageFolder: storage.folder,
      folder: this.#folder.path,
      environment: environmentOf(host),
      httpAllowPrivate: options.httpAllowPrivate,
    };
    const { storageFolder, httpAllowPrivate, encryptionKey, secrets } = setup;
    this.#respondent = new Respondent({
      setup: { storageFolder, httpAllowPrivate, encryptionKey, secrets },
      ...{ mailbox: bus.mailbox, partitions: bus.partitions, time, consult, log, signal },
      handOn: (askings) => insist(() => bus.queues.add(group, askings.map(askingParcel(workerId))), signal),
    });
    const pool = new Pool({ threads, warm, setup, events: crew, log });
    const fail: Crew['fail'] = (job, reason) => crew.fail(job, reason);
    this.#intake = new Intake({
      bus,
      group,
      workerId,
      pool,
      desk,
      fetch: new Fetch(bus.documents),
      jobs,
      respond: (asking) => this.#respondent.take(asking),
      fail,
      log,
      signal,
    });
    [this.#time, this.#desk, this.#answers] = [time, desk, answers];
    [this.#said, this.#crew, this.#pool] = [[lines, metrics], crew, pool];
  }

  async start(): Promise<void> {
    const { bus, group, threads } = this.#options;
    await this.#folder.open();
    await this.#time.start();
    this.#desk.start();
    await this.#pool.start();
    this.#server = bus.queues.serve(group, { concurrency: threads + AHEAD_MAX }, (parcel) =>
      this.#intake.handle(parcel),
    );
    const server = this.#server;
    await insist(() => server.ready(), this.#over.signal);
    this.#beat = setInterval(() => this.#sayAlive(), MEMBER_BEAT_MS);
    this.#sayAlive();
  }

  async quiet(): Promise<void> {
    await this.#server?.pause();
    await this.#intake.close();
  }

  /** Waits for what runs; near the deadline it is told to end, and is handed to other workers. */
  async stop(deadlineMs: number): Promise<void> {
    const untilMs = performance.now() + deadlineMs;
    await this.quiet();
    await until(() => this.#intake.taking === 0 && this.#desk.inHand.length === 0, untilMs - GRACE_MS - LAST_WORDS_MS);
    for (const job of this.#desk.inHand) {
      job.stopping = true;
      job.place?.abort(job, 'stopping');
    }
    await until(() => this.#desk.inHand.length === 0, untilMs - LAST_WORDS_MS);
    await Promise.all([this.#pool.close(), this.#respondent.close()]);
    for (const sender of this.#said) sender.flush();
    await until(
      () =>
        this.#said.every(({ waiting }) => waiting === 0) &&
        this.#answers.waiting + this.#crew.telling + this.#respondent.waiting === 0,
      Math.max(untilMs, performance.now() + LAST_WORDS_MS),
    );
    clearInterval(this.#beat);
    await this.#server?.close(Math.max(0, untilMs - performance.now()));
    void this.#respondent.handOn();
    await until(() => this.#respondent.waiting === 0, performance.now() + LAST_WORDS_MS);
    this.#over.abort();
    this.#desk.stop();
    this.#time.stop();
    await this.#options.bus.members.leave(this.#member.id).catch(() => {}); // Silence says the same after a while.
    await this.#folder.close();
  }

  health(): Health {
    const why = this.#pool.failure;
    return why === undefined ? { ok: true } : { ok: false, detail: `threads cannot start: ${why}` };
  }

  #sayAlive(): void {
    const { bus, group, threads } = this.#options;
    const free = Math.max(0, this.#pool.free - this.#intake.waiting);
    this.#free.set(free);
    bus.members.beat({ ...this.#member, group, threads, free }).catch((error: unknown) => {
      // The bus is away: the next beat says it.
      if (!isFault(error)) this.#options.log.error({ err: error }, 'the beat was refused');
    });
  }
}

/** As a new parcel: the name of the one that it came in may still be taken. */
const askingParcel =
  (workerId: string) =>
  (asking: Asking): Parcel => ({ name: derivedId('asking', workerId, asking.name), items: [], asking, first: true });

async function until(isTrue: () => boolean, untilMs: number): Promise<void> {
  while (!isTrue() && performance.now() < untilMs) await systemClock.sleep(LOOK_MS);
}
