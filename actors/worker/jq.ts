/**
 * jq for expressions, of programs that lib/expression does not run itself: in a thread of its own, with a time limit. Rendering
 * cannot wait for a promise, so the thread that asks sleeps until the answer is there; it must be one that may (a runner's).
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Answer, Question } from '../../lib/expression/world.ts';

const START_MS_MAX = 30_000;
const RUN_MS_MAX = 2_000;
/** Then the thread is a new one, so that what jq keeps of its runs does not grow without an end. */
const RUNS_MAX = 2_000;
const MEMORY_MB_MAX = 256;

type Open = { readonly thread: Worker; readonly port: MessagePort; readonly signal: Int32Array; runs: number };

export class JqThread {
  readonly #limitMs: number;
  #open: Open | undefined;

  constructor(limitMs = RUN_MS_MAX) {
    this.#limitMs = limitMs;
  }

  /** Answers a question of kind `jq`. Opened by the first one. */
  answer({ args }: Question): Answer {
    const open = this.#opened();
    if (!open) return { refused: `expected jq to start within ${START_MS_MAX} ms` };
    Atomics.store(open.signal, 0, 0);
    open.port.postMessage({ program: args.program, json: JSON.stringify(args.value ?? null) });
    if (Atomics.wait(open.signal, 0, 0, this.#limitMs) === 'timed-out') {
      this.close();
      return { refused: `expected a jq program that ends within ${this.#limitMs} ms, got \`${args.program}\`` };
    }
    const answer = receiveMessageOnPort(open.port)!.message as Answer;
    if (++open.runs >= RUNS_MAX) this.close();
    return answer;
  }

  close(): void {
    // Ends by itself, whatever it is running.
    void this.#open?.thread.terminate();
    this.#open = undefined;
  }

  #opened(): Open | undefined {
    if (this.#open) return this.#open;
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const thread = new Worker(new URL('./jq-thread.ts', import.meta.url), {
      workerData: { port: port2, signal },
      transferList: [port2],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
    });
    thread.unref();
    this.#open = { thread, port: port1, signal, runs: 0 };
    if (Atomics.wait(signal, 0, 0, START_MS_MAX) !== 'timed-out') return this.#open;
    this.close();
    return undefined;
  }
}
