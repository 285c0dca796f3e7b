/** Requests that no client of good manners sends: any header, any bytes, from any address of this machine. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

const ANSWER_MS = 5_000;

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export function ask(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Buffer;
    /** The address that the request comes from: `127.0.0.2` and the like are loopback too. */
    readonly from?: string;
    /** Who goes away so long after asking hears status 0. */
    readonly leaveAfterMs?: number;
  } = {},
): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body, from, leaveAfterMs } = options;
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, localAddress: from, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', leaveAfterMs === undefined ? reject : () => {});
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    asking.on('error', leaveAfterMs === undefined ? reject : () => {});
    if (leaveAfterMs !== undefined) {
      asking.on('close', () => resolve({ status: 0, headers: {}, text: '' }));
      asking.on('socket', (socket) => socket.once('connect', () => setTimeout(() => asking.destroy(), leaveAfterMs)));
    }
    asking.end(body);
  });
}

/** What a server answers to these bytes until it closes; rejects when it does not within five seconds. */
export function askBytes(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    const late = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(`expected an answer and its end within ${ANSWER_MS} ms, got ${JSON.stringify(text.slice(0, 200))}`),
      );
    }, ANSWER_MS);
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {}); // A server that closes while bytes are still on their way resets; what it said counts.
    socket.on('close', () => {
      clearTimeout(late);
      resolve(text);
    });
  });
}

export const statusIn = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
