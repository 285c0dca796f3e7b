/** A thread that runs jobs. Starts with an empty environment and bounds on its memory. */
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Log } from '../../lib/log.ts';
import { Batches } from './batch.ts';
import {
  type AbortCause,
  ATTENTION,
  CHANNEL_FORMAT,
  CURSOR,
  type FromRunner,
  HEARD,
  messageIn,
  type Setup,
  SHARED_BYTES,
  textOf,
} from './channel.ts';
import type { Host, HostEvents } from './host.ts';
import type { Job } from './job.ts';

const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };
const OUTPUT_CHARS_MAX = 4_096;

export function startThread(setup: Setup, events: HostEvents, log: Log): Host {
  const shared = new Int32Array(new SharedArrayBuffer(SHARED_BYTES));
  const batches = new Batches();
  let [ready, why] = [false, 'ended'];
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { ...setup, shared: shared.buffer } satisfies Setup,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: RESOURCE_LIMITS,
  });
  const heard = (): void => {
    Atomics.add(shared, HEARD, 1);
    Atomics.notify(shared, HEARD);
  };
  thread.unref();
  for (const stream of [thread.stdout, thread.stderr]) tell(stream, log);
  thread.on('message', (text: unknown) => {
    const message = readable(text);
    if (!message) log.warn({}, 'a plugin speaks on the channel of its thread: left out');
    else if (message.kind === 'ready') ready = true;
    else {
      events.said(message);
      if (message.kind === 'report' && message.lines.length > 0) events.room(heard);
    }
  });
  thread.on('error', (error) => {
    why = error.message;
  });
  thread.on('exit', (code) => events.gone(Atomics.load(shared, CURSOR), `${why} (exit code ${code})`));
  return {
    get ready() {
      return ready;
    },
    send: (jobs) => thread.postMessage(textOf(batches.of(jobs))),
    abort: ({ serial }: Job, cause: AbortCause) => {
      thread.postMessage(textOf({ kind: 'abort', v: CHANNEL_FORMAT, serial, cause }));
      Atomics.store(shared, ATTENTION, 1);
    },
    answer: (answer) => thread.postMessage(textOf(answer)),
    runs: ({ serial }) => Atomics.load(shared, CURSOR) === serial,
    end: async () => {
      await thread.terminate();
    },
  };
}

/** Libraries that find themselves in a thread may post what is not ours. */
function readable(text: unknown): FromRunner | undefined {
  if (typeof text !== 'string' || !text.startsWith('{"kind":')) return undefined;
  try {
    return messageIn<FromRunner>(text);
  } catch {
    return undefined; // Not JSON: told by the caller.
  }
}

/** What is printed while no task runs. */
export function tell(stream: Readable, log: Log): void {
  stream.on('data', (chunk: Buffer) =>
    log.debug({ output: chunk.toString('utf8').slice(0, OUTPUT_CHARS_MAX) }, 'printed by a plugin'),
  );
}
