/**
 * A server's life (L1–L3): start, quiet, stop by a deadline. After *quiet* it takes no new work; *stop* returns by its
 * deadline and hands back what is unfinished; a second signal does not wait. Signals are heard here and nowhere else.
 */
import type { Log } from './log.ts';

export const STOP_DEADLINE_MS = 30_000;

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

/**
 * Starts the services in order and keeps the process until a signal, or until `running` (called when all have started) gives
 * an exit code; stops them in reverse. Resolves with the exit code.
 */
export async function runServices(
  services: readonly Service[],
  log: Log,
  options: { readonly deadlineMs?: number; readonly running?: () => Promise<number | undefined> } = {},
): Promise<number> {
  const asked = signalled();
  asked.second.then(() => process.exit(130));
  const signal = asked.first.then(() => 0);
  const started = startAll(services, signal);
  const code = (await started.done)
    ? await Promise.race([signal, options.running?.().then((given) => given ?? signal) ?? signal])
    : 0;
  await stopAll(started.services, log, options.deadlineMs);
  return code;
}

/** One after the other; a signal in the middle ends it. */
function startAll(
  services: readonly Service[],
  signal: Promise<unknown>,
): { readonly services: Service[]; readonly done: Promise<boolean> } {
  const begun: Service[] = [];
  let stopped = false;
  signal.then(() => {
    stopped = true;
  });
  const all = async () => {
    for (const service of services) {
      if (stopped) return false;
      begun.push(service);
      await service.start();
    }
    return true;
  };
  return { services: begun, done: all() };
}

async function stopAll(services: readonly Service[], log: Log, deadlineMs = STOP_DEADLINE_MS): Promise<void> {
  log.debug({}, 'stopping');
  const reversed = [...services].reverse();
  await Promise.all(reversed.map((service) => service.quiet()));
  for (const service of reversed) await service.stop(deadlineMs);
}

function signalled(): { readonly first: Promise<NodeJS.Signals>; readonly second: Promise<NodeJS.Signals> } {
  const first = Promise.withResolvers<NodeJS.Signals>();
  const second = Promise.withResolvers<NodeJS.Signals>();
  let count = 0;
  const hear = (signal: NodeJS.Signals) => (count++ === 0 ? first : second).resolve(signal);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, hear);
  return { first: first.promise, second: second.promise };
}

/** For commands that serve nothing: calls `listener` at the first Ctrl-C (a second one ends the process); returns what forgets it. */
export function onInterrupt(listener: () => void): () => void {
  process.once('SIGINT', listener);
  return () => void process.off('SIGINT', listener);
}
