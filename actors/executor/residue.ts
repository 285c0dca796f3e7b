/**
 * What executions leave behind in their partition, and when it may go: the document once every durable reader of the present
 * epoch is behind its end, the tombstone after its time and when no unread message is older, definitions that nobody uses,
 * feed entries that were read. All of it goes with commits, never by a key's own expiry.
 */

import type { Holding } from '../../lib/bus/ownership.ts';
import type { Tombstone } from '../../lib/model/execution.ts';
import type { ContentHash } from '../../lib/model/partition.ts';
import type { Version } from '../../lib/model/version.ts';
import { NO_VERSION } from '../../lib/model/version.ts';
import type { Batch } from './batch.ts';
import type { Moment } from './partition.ts';
import { Timers } from './timers.ts';

const SWEEP_MS = 1_000;
const DEFINITION_IDLE_MS = 5 * 60_000;
/** In one commit. */
const GONE_MAX = 500;
/** Pages that follow the feed find their place in it for at least this long. */
const FEED_KEPT_MS = 10_000;

export class Residue {
  readonly #tombstones: Map<string, Tombstone>;
  /** When tombstones may go. */
  readonly #expiry: Timers;
  /** Ended documents that are still there, and the version behind which they may go. */
  readonly #ended = new Map<string, Version>();
  readonly #users = new Map<ContentHash, number>();
  readonly #idle = new Map<ContentHash, number>();
  readonly #flowOf = new Map<string, ContentHash>();
  /** Executions of earlier owners that were not loaded yet: which definitions they use is not known. */
  readonly #unread: Set<string>;
  #sweptMs = 0;
  #trim: { readonly version: Version; readonly atMs: number } = { version: NO_VERSION, atMs: 0 };
  #first = true;

  constructor(holding: Holding, first: Version) {
    this.#tombstones = new Map(holding.tombstones.map(([id, json]) => [id, JSON.parse(json) as Tombstone]));
    this.#expiry = new Timers(Array.from(this.#tombstones, ([id, { untilMs }]) => [id, untilMs]));
    for (const id of holding.documents) if (this.#tombstones.has(id)) this.#ended.set(id, first);
    for (const hash of holding.definitions) this.#idle.set(hash, 0);
    this.#unread = new Set(holding.documents);
  }

  /** When a sweep has something to do. */
  get nextMs(): number {
    const waits = this.#first || this.#ended.size + this.#tombstones.size + this.#idle.size > 0;
    return waits ? this.#sweptMs + SWEEP_MS : Number.POSITIVE_INFINITY;
  }

  tombstone(id: string): Tombstone | undefined {
    return this.#tombstones.get(id);
  }

  uses(id: string, hash: ContentHash): void {
    this.#unread.delete(id);
    if (this.#flowOf.has(id)) return;
    this.#flowOf.set(id, hash);
    this.#users.set(hash, (this.#users.get(hash) ?? 0) + 1);
    this.#idle.delete(hash);
  }

  /** `hash`: of its flow; absent where there never was a document of it. */
  bury(batch: Batch, id: string, tombstone: Tombstone, hash: ContentHash | undefined): void {
    if (hash !== undefined) {
      this.uses(id, hash);
      this.#ended.set(id, batch.version);
    }
    this.remember(batch, id, tombstone);
  }

  /** An execution that had ended goes on: nothing of its end is left. */
  revive(batch: Batch, id: string, hash: ContentHash): void {
    this.uses(id, hash);
    this.#ended.delete(id);
    if (!this.#tombstones.delete(id)) return;
    this.#expiry.drop(id);
    batch.tombstones.drop(id);
  }

  /** A document that is of no use any more: it goes like one that has ended now. */
  abandon(batch: Batch, id: string): void {
    if (!this.#ended.has(id)) this.#ended.set(id, batch.version);
  }

  /** Its document goes now. */
  drop(id: string): void {
    this.#ended.delete(id);
    this.#release(id, this.#sweptMs);
  }

  remember(batch: Batch, id: string, tombstone: Tombstone): void {
    this.#tombstones.set(id, tombstone);
    this.#expiry.set(id, tombstone.untilMs);
    batch.tombstones.put(id, JSON.stringify(tombstone));
  }

  sweep(batch: Batch, { nowMs, durable }: Moment, mailboxRead: boolean, left: (id: string) => void): void {
    if (this.#first) {
      this.#first = false;
      // The first commit of an owner shows in the feed, so that readers see the new epoch.
      batch.event('', '');
    }
    if (nowMs - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = nowMs;
    this.#sweepDocuments(batch, durable, nowMs, left);
    if (mailboxRead) this.#sweepTombstones(batch, nowMs);
    this.#sweepDefinitions(batch, nowMs);
    this.#sweepFeed(batch, durable, nowMs);
  }

  #sweepDocuments(batch: Batch, durable: Version, nowMs: number, left: (id: string) => void): void {
    let gone = 0;
    for (const [id, version] of this.#ended) {
      if (version > durable || gone++ >= GONE_MAX) break;
      batch.document({ id, set: [], drop: true });
      this.#ended.delete(id);
      this.#release(id, nowMs);
      left(id);
    }
  }

  #release(id: string, nowMs: number): void {
    this.#unread.delete(id);
    const hash = this.#flowOf.get(id);
    if (hash === undefined) return;
    this.#flowOf.delete(id);
    const users = this.#users.get(hash)! - 1;
    if (users > 0) this.#users.set(hash, users);
    else {
      this.#users.delete(hash);
      this.#idle.set(hash, nowMs);
    }
  }

  #sweepTombstones(batch: Batch, nowMs: number): void {
    for (const [id] of this.#expiry.due(nowMs, GONE_MAX)) {
      // Its document is still there.
      if (this.#ended.has(id)) this.#expiry.set(id, nowMs + SWEEP_MS);
      else {
        batch.tombstones.drop(id);
        this.#tombstones.delete(id);
        this.#expiry.drop(id);
      }
    }
  }

  #sweepDefinitions(batch: Batch, nowMs: number): void {
    if (this.#unread.size > 0) return;
    for (const [hash, sinceMs] of this.#idle) {
      if (nowMs - sinceMs < DEFINITION_IDLE_MS) continue;
      batch.definitionsDropped.push(hash);
      this.#idle.delete(hash);
    }
  }

  #sweepFeed(batch: Batch, durable: Version, nowMs: number): void {
    if (nowMs - this.#trim.atMs < FEED_KEPT_MS) return;
    if (this.#trim.version > NO_VERSION && !batch.isEmpty) batch.trimFeedBefore = this.#trim.version;
    this.#trim = { version: durable, atMs: nowMs };
  }
}
