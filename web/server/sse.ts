/** Server-sent events. A reader that does not keep up holds back its own stream and nobody else's. */
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';

/** A line that says nothing, so that proxies keep the connection. */
const BEAT_MS = 15_000;
const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;

export interface SseEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

export class EventStream {
  readonly #response: ServerResponse;
  readonly #beat: NodeJS.Timeout;
  readonly #gone = new AbortController();

  constructor(context: Context) {
    context.respond = false;
    this.#response = context.res;
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    this.#response.write(': windhover\n\n');
    this.#beat = setInterval(() => this.#response.write(':\n\n'), BEAT_MS);
    context.req.socket.setNoDelay(true);
    this.#response.once('close', () => this.close());
  }

  /** Fires when the reader has gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** The reader is behind: what can wait should. */
  get isBehind(): boolean {
    return this.#response.writableLength > BUFFERED_BYTES_MAX;
  }

  /** Resolves when the reader has taken what was sent. */
  async drained(): Promise<void> {
    if (!this.#response.writableNeedDrain || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#response.once('drain', resolve);
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  send(events: readonly SseEvent[]): void {
    if (this.signal.aborted) return;
    let text = '';
    for (const { id, event, data } of events)
      text += `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`;
    this.#response.write(text);
  }

  close(): void {
    clearInterval(this.#beat);
    if (!this.#gone.signal.aborted) this.#gone.abort();
    this.#response.end();
  }
}
