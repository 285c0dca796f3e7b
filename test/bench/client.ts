/**
 * HTTP over sockets that stay open, one request at a time on each: the floors' client speaks to Redis directly, so what a client library
 * costs is no part of what is compared. Knows what our webserver sends: a status, Content-Length or chunks.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Wanted {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class Client {
  readonly #url: URL;
  readonly #head: string;
  readonly #idle: Line[] = [];

  constructor(url: string, token: string) {
    this.#url = new URL(url);
    this.#head = `Host: ${this.#url.host}\r\nAuthorization: Bearer ${token}\r\n`;
  }

  /** `path` behind the host. Rejects where the connection ends. */
  async send(method: string, path: string, type: string, body: string): Promise<Answer> {
    let line = this.#idle.pop();
    // The server closes what has been idle for some seconds.
    while (line?.isClosed) line = this.#idle.pop();
    line ??= new Line(connect(Number(this.#url.port), this.#url.hostname));
    const text = `${method} ${path} HTTP/1.1\r\n${this.#head}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const answer = await line.send(text);
    this.#idle.push(line);
    return answer;
  }
}

class Line {
  readonly #socket: Socket;
  #got = '';
  #wanted: Wanted | undefined;

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay().setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', (error) => this.#wanted?.reject(error));
    socket.on('close', () => this.#wanted?.reject(new Error('expected an answer, got the end of the connection')));
  }

  get isClosed(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  send(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#wanted = { resolve, reject };
      this.#socket.write(text);
    });
  }

  #take(chunk: string): void {
    this.#got += chunk;
    const answer = answerIn(this.#got);
    if (!answer) return;
    this.#got = '';
    const { resolve } = this.#wanted!;
    this.#wanted = undefined;
    resolve({ ...answer, body: Buffer.from(answer.body, 'latin1').toString() });
  }
}

/** Undefined while it is not whole. */
function answerIn(text: string): Answer | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const rest = text.slice(headEnd + 4);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return rest.length < Number(length) ? undefined : { status, body: rest };
  return rest.endsWith('0\r\n\r\n') ? { status, body: unchunked(rest) } : undefined;
}

function unchunked(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 4 + size;
  }
}
