/**
 * Server-sent events. A reader that does not keep up holds back its own stream and nobody else's, and is told so (`gap`) where
 * too much waits for it; one whose credentials end while it reads is closed with the next beat.
 */
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import { counter, gauge } from '../../lib/metrics.ts';

/** A line that says nothing, so that proxies keep the connection. */
export const BEAT_MS = 15_000;
/** What may wait for one reader. */
export const WAITING_BYTES_MAX = 1024 * 1024;
/** A reader that has not taken for this long what was sent does not keep up; one that is quicker has only been sent much. */
const SLOW_MS = 2_000;
/** Who has been told to go takes what it has by then. */
const LEAVING_MS = 60_000;
const HEADERS = new Headers({
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  connection: 'keep-alive',
});
const open = gauge('web_streams', 'Streams of events that are open');

export interface SseEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

const gaps = counter('web_gaps_total', 'Readers that did not keep up and were closed');
const GAP: SseEvent = {
  event: 'gap',
  data: JSON.stringify({ reason: 'expected a reader that keeps up: come back with Last-Event-ID' }),
};

export class EventStream {
  readonly #response: ServerResponse;
  readonly #beat: NodeJS.Timeout;
  readonly #gone = new AbortController();
  /** Since when the reader has not taken what was sent. */
  #waitsSinceMs: number | undefined;

  /** `allowed` is asked with each beat and never throws. */
  constructor(context: Context, allowed: () => Promise<boolean>) {
    context.respond = false;
    this.#response = context.res;
    open.inc();
    this.#beat = setInterval(() => void this.#look(allowed), BEAT_MS);
    this.#response.once('close', () => this.close());
    this.#response.on('drain', () => {
      this.#waitsSinceMs = undefined;
    });
    this.#response.setHeaders(HEADERS);
    this.#response.writeHead(200);
    context.req.socket.setNoDelay(true);
    this.#response.write(': windhover\n\n');
    // Who went while its stream was prepared closes nothing any more; who asks for headers alone waits for nothing.
    if (this.#response.closed || context.method === 'HEAD') this.close();
  }

  /** Fires when the reader has gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whether the reader does not keep up. */
  get isSlow(): boolean {
    return this.#waitsSinceMs !== undefined && performance.now() - this.#waitsSinceMs > SLOW_MS;
  }

  /** The last event for who is too far behind: it may come back with Last-Event-ID. Nothing that was sent before is lost. */
  gap(): void {
    if (this.signal.aborted) return;
    gaps.inc();
    this.send([GAP]);
    this.close();
    const { socket } = this.#response;
    const timer = setTimeout(() => socket?.destroy(), LEAVING_MS).unref();
    this.#response.once('finish', () => clearTimeout(timer));
  }

  /**
   * Resolves when the reader has taken what was sent, or has gone. `behind`: how many bytes wait behind that, for one that may be
   * told to go.
   */
  async drained(behind?: () => number): Promise<void> {
    if (!this.#response.writableNeedDrain || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const slow = setTimeout(() => {
        if (behind && this.#response.writableLength + behind() > WAITING_BYTES_MAX) this.gap();
      }, SLOW_MS);
      const done = () => {
        clearTimeout(slow);
        this.#response.off('drain', done);
        this.signal.removeEventListener('abort', done);
        resolve();
      };
      this.#response.once('drain', done);
      this.signal.addEventListener('abort', done, { once: true });
    });
  }

  send(events: readonly SseEvent[]): void {
    if (this.signal.aborted) return;
    let text = '';
    for (const { id, event, data } of events)
      text += `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`;
    if (!this.#response.write(text)) this.#waitsSinceMs ??= performance.now();
  }

  close(): void {
    if (this.signal.aborted) return;
    clearInterval(this.#beat);
    open.dec();
    this.#gone.abort();
    this.#response.end();
  }

  async #look(allowed: () => Promise<boolean>): Promise<void> {
    if (!(await allowed())) this.close();
    else if (!this.signal.aborted) this.#response.write(':\n\n');
  }
}
