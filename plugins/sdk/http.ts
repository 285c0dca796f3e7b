/**
 * HTTP as a task sees it: `context.http`. Every request goes through the server's one connector, which resolves the host,
 * refuses addresses that tasks may not reach (loopback and private ones, unless the setting `httpAllowPrivate` allows them),
 * does so again for each redirect, and bounds time and size.
 */
import type { Readable } from 'node:stream';

/** Redirects that are followed; one more fails the request. */
export const REDIRECTS_MAX = 5;

export interface HttpRequest {
  /** `http:` or `https:`. A user and password in it become Basic credentials. */
  readonly url: string;
  /** `GET` if absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | HttpStreamedBody;
  /**
   * True if absent. What asks for the next place with 303, or with 301 or 302 after a POST, gets a GET without a body;
   * credentials do not go to another origin.
   */
  readonly followRedirects?: boolean;
  /** Bytes of the response's body as it is read, unpacked. A longer body is an error where it is read. */
  readonly bytesMax: number;
  /** To resolve the host, to connect, and for TLS. */
  readonly connectTimeoutMs?: number;
  /** Without a byte from the server. */
  readonly idleTimeoutMs?: number;
  /** From the beginning until the last byte was read. */
  readonly timeoutMs?: number;
  /** Takes any certificate. */
  readonly insecure?: boolean;
  readonly proxy?: HttpProxy;
}

export interface HttpStreamedBody {
  /** If it is known; else it is sent in chunks. */
  readonly bytes?: number;
  /** Called for each time that it is sent. */
  open(): AsyncIterable<Uint8Array>;
}

/** An HTTP proxy. It is the one that resolves the host then. */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
}

export interface HttpResponse {
  /** Who answered, after redirects; without credentials. */
  readonly url: string;
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Unpacked (`Content-Encoding`). Read it, or let it be: what is open at the end of the task is closed. */
  readonly body: Readable;
}

export interface Http {
  /** Any status is an answer. Throws a TaskError where there is none, and where the address must not be asked. */
  send(request: HttpRequest): Promise<HttpResponse>;
}
