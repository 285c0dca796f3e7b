/**
 * A server's life (L1–L3): start, quiet, stop by a deadline. After *quiet* it takes no new work; *stop* returns by its
 * deadline and hands back what is unfinished; a second signal does not wait. Signals are heard here and nowhere else.
 */
import type { Log } from './log.ts';

const STOP_DEADLINE_MS = 30_000;
/** What may still be said when the time is over; a service that does not return after that is left behind. */
const LAST_WORDS_MS = 500;
const SLACK_MS = 1_000;
/** One Ctrl-C arrives several times: from the terminal, from npm, from set-up. What comes within this time is the same one. */
const ECHO_MS = 300;
const INTERRUPTED = 130;

export interface Service {
  readonly name: string;
  /** Resolves when it works. */
  start(): Promise<void>;
  quiet(): Promise<void>;
  stop(deadlineMs: number): Promise<void>;
  /** Progress, not connection: false with a reason when it should be working and is not. */
  health(): Health;
}

export interface Health {
  readonly ok: boolean;
  readonly detail?: string;
}

export interface RunOptions {
  readonly deadlineMs?: number;
  /** Called when all have started; the exit code that it may give ends the process, otherwise a signal does. */
  readonly running?: () => Promise<number | undefined>;
  /** Called when the stop begins. */
  readonly stopping?: () => void;
}

/**
 * Starts the services in order and keeps the process until a signal, or until `running` gives an exit code; stops them in
 * reverse. Resolves with the exit code. When one cannot start, those before it are stopped and its error is thrown.
 */
export async function runServices(services: readonly Service[], log: Log, options: RunOptions = {}): Promise<number> {
  const signal = stopSignal();
  const asked = new Promise<number>((resolve) => onAbort(signal, () => resolve(0)));
  const begun: Service[] = [];
  const deadlineMs = options.deadlineMs ?? STOP_DEADLINE_MS;
  try {
    for (const service of services) {
      if (signal.aborted) break;
      await service.start();
      begun.push(service);
    }
  } catch (error) {
    await stopAll(begun, log, LAST_WORDS_MS);
    throw error;
  }
  try {
    const given = signal.aborted ? undefined : options.running?.();
    return await Promise.race([asked, given?.then((code) => code ?? asked) ?? asked]);
  } finally {
    options.stopping?.();
    await stopAll(begun, log, deadlineMs);
  }
}

/** All within `deadlineMs`: what one of them has used the next does not have. */
async function stopAll(services: readonly Service[], log: Log, deadlineMs: number): Promise<void> {
  log.debug({}, 'stopping');
  const untilMs = performance.now() + deadlineMs;
  const reversed = [...services].reverse();
  const bounded = async (name: string, ms: number, work: Promise<void>): Promise<void> => {
    const failed = (error: unknown): void => log.error({ service: name, err: error }, 'a service did not stop cleanly');
    if (!(await within(ms + SLACK_MS, work.catch(failed)))) log.warn({ service: name }, 'did not stop in its time');
  };
  await Promise.all(reversed.map((service) => bounded(service.name, deadlineMs, service.quiet())));
  for (const service of reversed) {
    const leftMs = Math.max(LAST_WORDS_MS, untilMs - performance.now());
    await bounded(service.name, leftMs, service.stop(leftMs));
  }
}

/** Whether `work` was done within `ms`. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

let stop: AbortController | undefined;

/**
 * Fires at the first signal that asks this process to stop; the next one ends it without waiting. To be called before
 * anything is opened that would be left behind: until then a signal ends the process as it would any other.
 */
export function stopSignal(): AbortSignal {
  if (stop) return stop.signal;
  stop = new AbortController();
  const { signal } = stop;
  const hear = heardOnce(
    () => stop!.abort(),
    () => process.exit(INTERRUPTED),
  );
  // SIGHUP: the terminal was closed.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, hear);
  return signal;
}

/** For commands that serve nothing: calls `listener` at the first Ctrl-C, a second one ends the process; returns what forgets it. */
export function onInterrupt(listener: () => void): () => void {
  const hear = heardOnce(listener, () => process.exit(INTERRUPTED));
  process.on('SIGINT', hear);
  return () => void process.off('SIGINT', hear);
}

function heardOnce(first: () => void, again: () => void): () => void {
  let firstMs: number | undefined;
  return () => {
    if (firstMs === undefined) {
      firstMs = performance.now();
      first();
    } else if (performance.now() - firstMs > ECHO_MS) again();
  };
}

export function onAbort(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

/** Calls `act` when this process ends, however it does, save by SIGKILL; returns what forgets it. */
export function atExit(act: () => void): () => void {
  process.once('exit', act);
  return () => void process.off('exit', act);
}
