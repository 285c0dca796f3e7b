/** A reader of events on a socket of its own that may stop reading: what no fetch lets one do without buffers in between. */
import { connect, type Socket } from 'node:net';
import { type ServerEvent, SseParser } from '../../web/cli/sse.ts';
import type { Api } from './api.ts';

export interface SseReader {
  /** Stop and go on: meanwhile what comes stays where it is. */
  pause(): void;
  resume(): void;
  leave(): void;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

/** `path` below /api/v1. Rejects where the answer is no stream. */
export async function openReader(
  { url, token }: Pick<Api, 'url' | 'token'>,
  path: string,
  options: { readonly onEvent: (event: ServerEvent) => void; readonly lastEventId?: string },
): Promise<SseReader> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {}); // `close` follows.
  const { lastEventId } = options;
  // As of HTTP/1.0 the body is not cut into chunks, and its end is that of the connection.
  const headers = [
    `GET /api/v1${path} HTTP/1.0`,
    `host: ${hostname}:${port}`,
    `authorization: Bearer ${token}`,
    ...(lastEventId ? [`last-event-id: ${lastEventId}`] : []),
  ];
  socket.write(`${headers.join('\r\n')}\r\n\r\n`);
  await begun(socket, options.onEvent);
  return { pause: () => socket.pause(), resume: () => socket.resume(), leave: () => socket.destroy(), ended };
}

function begun(socket: Socket, onEvent: (event: ServerEvent) => void): Promise<void> {
  const parser = new SseParser();
  let head = '';
  let isBody = false;
  socket.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error(`expected a stream, got its end after ${head.slice(0, 500)}`)));
    socket.on('data', (text: string) => {
      let body = text;
      if (!isBody) {
        head += text;
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        if (!/^HTTP\/1\.\d 200 /.test(head)) return void socket.destroy();
        isBody = true;
        body = head.slice(end + 4);
        resolve();
      }
      for (const event of parser.feed(body)) onEvent(event);
    });
  });
}
