/**
 * The internal storage carries files between tasks. URIs are `kestra:///<namespace as path>/<flow>/executions/<execution>/…`
 * as Kestra's clients know them; the tenant stands first in what an adapter stores. Adapters: `local.ts`; others follow.
 * Never opened by executor or indexer (S1).
 */
import type { Readable } from 'node:stream';

export interface Storage {
  /** Streams the content to the URI: visible whole or not at all (temporary file, fsync, rename). Returns its bytes. */
  put(tenant: string, uri: string, content: Readable | Uint8Array): Promise<number>;
  /** Throws `storage.unknown`. `start` and `end` (inclusive) give a part. */
  get(tenant: string, uri: string, range?: { readonly start: number; readonly end?: number }): Promise<Readable>;
  size(tenant: string, uri: string): Promise<number>;
  exists(tenant: string, uri: string): Promise<boolean>;
  remove(tenant: string, uri: string): Promise<boolean>;
  /** Everything below a prefix that ends in `/`; returns how many. */
  removeAll(tenant: string, prefix: string): Promise<number>;
  list(tenant: string, prefix: string): Promise<readonly string[]>;
}

export const SCHEME = 'kestra://';

/** Where the files of an execution stand. */
export const executionPrefix = (
  flow: { readonly namespace: string; readonly id: string },
  executionId: string,
): string => `${SCHEME}/${flow.namespace.replaceAll('.', '/')}/${flow.id}/executions/${executionId}/`;
