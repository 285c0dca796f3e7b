/**
 * The end of a webserver that others go on without: nobody new comes in, whoever has asked is answered, and who reads a stream
 * is sent to another webserver.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Of what stands behind a stream: the last words are flushed. */
const LAST_WORDS_MS = 100;
/** A connection that is kept for the next request may bring it until then, and is told to end with its answer. */
const IDLE_MS = 500;
/** Whoever has asked is answered by then, or not at all. */
const ANSWER_MS = 5_000;

export class Leaving {
  readonly #server: Server;
  readonly #unanswered = new Set<ServerResponse>();
  #closed: Promise<void> | undefined;

  /** Of a server that nobody has reached yet. */
  constructor(server: Server) {
    this.#server = server;
    server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => this.#take(response));
  }

  /** Nobody new comes in. */
  begin(): void {
    if (this.#closed) return;
    const server = this.#server;
    const closeIdle = server.closeIdleConnections.bind(server);
    // `close` would end them at once, and with them what a client is just sending.
    server.closeIdleConnections = () => {};
    const idle = setInterval(closeIdle, IDLE_MS);
    this.#closed = new Promise((resolve) =>
      server.close(() => {
        clearInterval(idle);
        resolve();
      }),
    );
    for (const response of this.#unanswered) endsWith(response);
  }

  /** Resolves when all connections have ended, by `deadlineMs` in any case. */
  async end(deadlineMs: number): Promise<void> {
    this.begin();
    const streams = () => {
      for (const response of this.#unanswered) if (isStream(response)) response.socket?.destroy();
    };
    const timers = [
      setTimeout(streams, Math.min(LAST_WORDS_MS, deadlineMs)),
      setTimeout(() => this.#server.closeAllConnections(), Math.min(ANSWER_MS, deadlineMs)),
    ];
    await this.#closed;
    for (const timer of timers) clearTimeout(timer);
  }

  #take(response: ServerResponse): void {
    this.#unanswered.add(response);
    response.once('close', () => this.#unanswered.delete(response));
    if (this.#closed) endsWith(response);
  }
}

/** Its connection ends with it. */
function endsWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

const isStream = (response: ServerResponse): boolean =>
  String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');
