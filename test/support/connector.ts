/** The connector of tasks as tests ask it, and resolvers that answer what a test wants. */
import { HttpConnector } from '../../lib/task/http/connector.ts';
import type { Reachable, Resolver } from '../../lib/task/http/resolve.ts';
import type { HttpRequest, HttpResponse } from '../../plugins/sdk/index.ts';

const BYTES_MAX = 64 * 1024;

export function connector(reachable: Partial<Reachable> = {}) {
  const ending = new AbortController();
  const http = new HttpConnector({ allowPrivate: true, ...reachable }, ending.signal);
  const send = (url: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    http.send({ url, bytesMax: BYTES_MAX, ...more });
  const text = async (url: string, more: Partial<HttpRequest> = {}): Promise<string> =>
    Buffer.concat(await (await send(url, more)).body.toArray()).toString('utf8');
  return { http, send, text, end: () => ending.abort() };
}

export const answering = (answers: Readonly<Record<string, readonly string[]>>, asked: string[] = []): Resolver => {
  return async (hostname) => {
    asked.push(hostname);
    return (answers[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
};
