/**
 * What the one owner of a partition does: hold the lease, read the mailbox from its head, commit (B1, B2). The epoch of a
 * lease is max(last + 1, bus time in ms), so it does not repeat even after a failover that lost the last one.
 */
import type { FlowMessage, Message } from '../model/message.ts';
import type { ContentHash, Partition } from '../model/partition.ts';
import type { Version } from '../model/version.ts';

export const LEASE_MS = 3_000;
export const LEASE_RENEW_MS = 1_000;

export interface Lease {
  readonly partition: Partition;
  readonly owner: string;
  readonly epoch: number;
  /** The whole value that scripts compare: owner, epoch, nonce. */
  readonly value: string;
}

/** An entry of a mailbox: the messages of one append. It goes when all of them are applied. */
export interface Entry<M = Message | FlowMessage> {
  readonly id: string;
  readonly messages: readonly M[];
  readonly bytes: number;
  /** Set where the entry could not be understood: to be parked in the dead letters. */
  readonly unreadable?: { readonly reason: string; readonly text: string };
}

/** What a new owner must know before its first batch. */
export interface Holding {
  /** The number of the last commit; the first of this owner expects it. */
  readonly number: number;
  readonly timers: readonly (readonly [name: string, dueMs: number])[];
  /** Open attempts and their present claims. */
  readonly attempts: readonly OpenAttempt[];
  /** Refs of attempts whose parcels the last owner may not have sent. */
  readonly outbox: readonly string[];
  readonly tombstones: readonly (readonly [id: string, json: string])[];
  /** Ids of the documents that are there. */
  readonly documents: readonly string[];
  readonly definitions: readonly ContentHash[];
  /** Executions that the kill gate has marked. */
  readonly killing: readonly string[];
  /** Letters to other executions that are not answered. */
  readonly letters: readonly (readonly [name: string, json: string])[];
}

export interface OpenAttempt {
  readonly ref: string;
  readonly delivery: string;
  readonly claim?: { readonly workerId: string; readonly token: string; readonly untilMs: number };
}

/** One commit: all or nothing, applied once however often it is sent under the same id. */
export interface Commit {
  readonly id: string;
  /** The number that must be there; the commit makes it one more. The new version is (lease.epoch, expected + 1). */
  readonly expected: number;
  /** Mailbox entries that are applied, and go. */
  readonly applied: readonly string[];
  readonly documents: readonly DocumentChange[];
  /** Attempts handed out: the claim gate grants these deliveries from now on. A later one replaces an earlier. */
  readonly opened: readonly (readonly [ref: string, delivery: string])[];
  /** Attempts that are over: their claims go, and nobody is granted one. */
  readonly closed: readonly string[];
  readonly tombstones: {
    readonly set: readonly (readonly [id: string, json: string])[];
    readonly dropped: readonly string[];
  };
  readonly timers: {
    readonly set: readonly (readonly [name: string, dueMs: number])[];
    readonly dropped: readonly string[];
  };
  /** Letters to other executions: kept until they are dropped. */
  readonly letters: {
    readonly set: readonly (readonly [name: string, json: string])[];
    readonly dropped: readonly string[];
  };
  /** Refs of attempts whose parcels may not have been sent when this is applied: takes the place of the last commit's. */
  readonly outbox: readonly string[];
  /** One feed entry per commit, under the commit's version: (document id, event) pairs, see feed.ts. Empty writes none. */
  readonly events: readonly (readonly [id: string, json: string])[];
  readonly definitionsDropped: readonly ContentHash[];
  /** Marks of the kill gate that are dealt with. */
  readonly killed: readonly string[];
  /** Executions in which nothing new begins: the gate lets no worker go on in them; and those in which that is over. */
  readonly still: { readonly set: readonly string[]; readonly dropped: readonly string[] };
  /** Messages that are given up: JSON with reason, tries, time. */
  readonly deadLetters: readonly string[];
  /** Entries whose tries need not be counted any more. */
  readonly triesDropped: readonly string[];
  /** Feed entries below this version may go. */
  readonly trimFeedBefore?: Version;
}

export interface DocumentChange {
  readonly id: string;
  readonly set: readonly (readonly [field: string, json: string])[];
  readonly removed?: readonly string[];
  /** The whole document goes. `set` is empty then. */
  readonly drop?: boolean;
}

export const EMPTY_COMMIT: Omit<Commit, 'id' | 'expected'> = {
  applied: [],
  documents: [],
  opened: [],
  closed: [],
  tombstones: { set: [], dropped: [] },
  timers: { set: [], dropped: [] },
  letters: { set: [], dropped: [] },
  outbox: [],
  events: [],
  definitionsDropped: [],
  killed: [],
  still: { set: [], dropped: [] },
  deadLetters: [],
  triesDropped: [],
};

export type CommitAnswer =
  | 'APPLIED'
  /** This very commit had been applied before: as good. */
  | 'DONE'
  /** The lease is not ours any more. */
  | 'FENCED'
  /** A failover lost commits: the number is not the expected one. */
  | 'ROLLED_BACK'
  /** A check of types or sizes refused it, nothing was written: go one message per commit. */
  | 'REFUSED';

export interface Ownership {
  /** Takes the lease if nobody holds it. Takes it anew (new epoch) if `owner` itself holds it. Undefined: somebody else has it. */
  acquire(partition: Partition, owner: string): Promise<Lease | undefined>;
  /** True where the lease is still ours, now for LEASE_MS more. */
  renew(leases: readonly Lease[]): Promise<readonly boolean[]>;
  release(leases: readonly Lease[]): Promise<void>;
  /** Who owns what, for `doctor` and metrics: partition → owner. */
  owners(): Promise<ReadonlyMap<Partition, string>>;
  hold(lease: Lease): Promise<Holding>;
  /**
   * Reads each mailbox behind the given entry id (`0` from its head), up to `count` entries each; waits up to `blockMs` when
   * all are empty. Entries are parsed. A reader that returns nothing beyond its time is opened anew by the adapter.
   */
  read(
    from: ReadonlyMap<Partition, string>,
    options: { readonly count: number; readonly blockMs: number },
  ): Promise<ReadonlyMap<Partition, readonly Entry[]>>;
  /** Ends a waiting `read` early, so that an owner can take note of something else. */
  wake(): void;
  commit(lease: Lease, commit: Commit): Promise<CommitAnswer>;
  /** Counts the tries of an entry that throws or is refused; returns the count so far. Kept beside the mailbox. */
  tried(lease: Lease, entryId: string): Promise<number>;
}
