/**
 * One request and the head of its response, on a connection of its own to an address that was checked. Through a proxy the
 * checked address is the proxy's, and what lies behind it is for the proxy to judge.
 */
import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect as connectSecure } from 'node:tls';
import { type HttpProxy, type HttpStreamedBody, TaskError } from '../../../plugins/sdk/index.ts';
import { type Address, addressesOf, type Reachable, refuseLiteral } from './resolve.ts';

const HEADER_BYTES_MAX = 64 * 1024;

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | HttpStreamedBody;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly insecure: boolean;
  readonly proxy?: HttpProxy;
  readonly reachable: Reachable;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly response: IncomingMessage;
  /** Why we ended the connection, if we did: its stream would only say that it broke. */
  readonly why: () => Error | undefined;
}

/** Rejects with what went wrong; the caller says it in words. */
export async function exchange(asked: Exchange): Promise<Answer> {
  const connecting = new AbortController();
  const late = setTimeout(
    () =>
      connecting.abort(
        new TaskError(`expected a connection to ${asked.url.origin} within ${asked.connectTimeoutMs} ms, got none`),
      ),
    asked.connectTimeoutMs,
  );
  const signal = AbortSignal.any([asked.signal, connecting.signal]);
  try {
    const request = await orAborted(begin(asked, signal), signal);
    request.once('socket', (socket) => onceConnected(asked, socket, () => clearTimeout(late)));
    return await answerOf(request, asked, signal);
  } finally {
    clearTimeout(late);
  }
}

async function begin(asked: Exchange, signal: AbortSignal): Promise<ClientRequest> {
  const { url, method, headers, proxy, insecure, reachable } = asked;
  const secure = url.protocol === 'https:';
  if (proxy) refuseLiteral(url.hostname, reachable);
  const addresses = await addressesOf(proxy?.host ?? url.hostname, reachable);
  signal.throwIfAborted();
  const options: RequestOptions & { rejectUnauthorized?: boolean } = {
    method,
    headers: headers as Record<string, string | string[]>,
    agent: false,
    maxHeaderSize: HEADER_BYTES_MAX,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (secure ? 443 : 80),
    path: url.pathname + url.search,
    lookup: known(addresses),
    rejectUnauthorized: !insecure,
  };
  if (!proxy) return secure ? requestSecure(options) : requestPlain(options);
  if (secure) {
    const socket = await tunnel(proxy, url, known(addresses), signal);
    const servername = url.hostname.includes('[') ? '' : url.hostname;
    const createConnection = () => connectSecure({ socket, servername, rejectUnauthorized: !insecure });
    return requestSecure({ ...options, agent: undefined, createConnection });
  }
  return requestPlain({
    ...options,
    hostname: proxy.host,
    port: proxy.port,
    path: `http://${url.host}${url.pathname}${url.search}`,
    headers: { ...options.headers, host: url.host, ...credentialsFor(proxy) },
  });
}

/** A resolver that knows one answer: the addresses that were checked. */
function known(addresses: readonly Address[]): NonNullable<RequestOptions['lookup']> {
  return (_hostname, options, answer) => {
    if (options.all) answer(null, [...addresses]);
    else answer(null, addresses[0]!.address, addresses[0]!.family);
  };
}

const credentialsFor = ({ username, password = '' }: HttpProxy): Readonly<Record<string, string>> =>
  username === undefined
    ? {}
    : { 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };

function tunnel(
  proxy: HttpProxy,
  url: URL,
  lookup: NonNullable<RequestOptions['lookup']>,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const path = `${url.hostname}:${url.port || 443}`;
    const headers = { host: path, ...credentialsFor(proxy) };
    const request = requestPlain({
      method: 'CONNECT',
      hostname: proxy.host,
      port: proxy.port,
      path,
      headers,
      lookup,
      agent: false,
      signal,
    });
    request.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      reject(new TaskError(`expected the proxy to open a way to ${path}, got ${statusCode}`));
    });
    request.once('response', (response) => {
      response.destroy();
      reject(new TaskError(`expected the proxy to open a way to ${path}, got ${response.statusCode}`));
    });
    request.once('error', reject);
    request.end();
  });
}

function onceConnected({ url }: Exchange, socket: Socket, connected: () => void): void {
  const isEncrypted = url.protocol === 'https:';
  if (!isEncrypted && !socket.connecting) connected();
  else socket.once(isEncrypted ? 'secureConnect' : 'connect', connected);
}

function answerOf(request: ClientRequest, asked: Exchange, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let why: Error | undefined;
    const end = (error: Error): void => {
      why = error;
      request.destroy(error);
    };
    const stop = (): void => end(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    request.setTimeout(asked.idleTimeoutMs, () =>
      end(new TaskError(`expected data within ${asked.idleTimeoutMs} ms, got none from ${asked.url.origin}`)),
    );
    // After the answer's head it is heard by nobody: the body says what goes wrong, and what was still to be sent is not wanted.
    request.on('error', reject);
    request.once('close', () => signal.removeEventListener('abort', stop));
    request.once('response', (response) => resolve({ response, why: () => why }));
    send(request, asked.body).catch((error: unknown) => request.destroy(error as Error));
  });
}

async function send(request: ClientRequest, body: Exchange['body']): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) request.end(body);
  else await pipeline(Readable.from(body.open(), { objectMode: false }), request);
}

/** What cannot be called back (a lookup) is not waited for. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
