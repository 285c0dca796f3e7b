/**
 * One commit in the making (B2): what the steps of a batch changed, folded; the feed names the fields that it writes.
 */

import { GONE } from '../../lib/bus/feed.ts';
import { type Commit, type DocumentChange, EMPTY_COMMIT, type Lease } from '../../lib/bus/ownership.ts';
import type { Item } from '../../lib/bus/queues.ts';
import type { Change, Effect } from '../../lib/execution/effect.ts';
import { taskRunField } from '../../lib/execution/run.ts';
import type { ExecutionHead, ExecutionStart, TaskRun } from '../../lib/model/execution.ts';
import type { Letter } from '../../lib/model/letter.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { ContentHash, Partition } from '../../lib/model/partition.ts';
import { type Version, versionOf } from '../../lib/model/version.ts';

/** An attempt to hand to the workers once the commit is applied. */
export interface Dispatch {
  readonly partition: Partition;
  readonly group: string;
  readonly type: string;
  readonly item: Outgoing;
}

/** An item until it is packed: what travels with it decides `short`. */
export interface Outgoing extends Item {
  short?: boolean;
}

interface Folded {
  start?: ExecutionStart;
  head?: ExecutionHead;
  readonly taskRuns: Map<string, TaskRun>;
  readonly removed: Set<string>;
}

export class Batch {
  readonly partition: Partition;
  readonly version: Version;
  readonly expected: number;
  readonly id: string;
  readonly dispatches: Dispatch[] = [];
  readonly lines: { readonly executionId: string; readonly line: LogLine }[] = [];
  readonly hints: string[] = [];
  readonly applied: string[] = [];
  readonly tombstones = new Map<string, string>();
  readonly tombstonesDropped = new Set<string>();
  readonly timers = new Map<string, number>();
  readonly timersDropped = new Set<string>();
  /** To be sent once this is applied. */
  readonly letters = new Map<string, Letter>();
  readonly lettersDropped = new Set<string>();
  /** Refs of earlier commits that were not sent yet. */
  readonly unsent: string[] = [];
  readonly triesDropped: string[] = [];
  readonly definitionsDropped: ContentHash[] = [];
  readonly killed: string[] = [];
  readonly deadLetters: string[] = [];
  /** Entries whose message threw: left in the mailbox, their tries counted. */
  readonly failed: string[] = [];
  trimFeedBefore?: Version;
  taskRuns = 0;
  bytes = 0;
  readonly #opened = new Map<string, string>();
  readonly #closed = new Set<string>();
  readonly #folded = new Map<string, Folded>();
  readonly #documents: DocumentChange[] = [];
  readonly #events: (readonly [id: string, json: string])[] = [];

  constructor(lease: Lease, expected: number) {
    this.partition = lease.partition;
    this.expected = expected;
    this.version = versionOf(lease.epoch, expected + 1);
    this.id = `${lease.epoch}-${expected + 1}-${lease.owner}`;
  }

  get isEmpty(): boolean {
    const lists = [
      this.applied,
      this.definitionsDropped,
      this.killed,
      this.deadLetters,
      this.failed,
      this.dispatches,
      this.#documents,
      this.#events,
    ];
    return (
      lists.every(({ length }) => length === 0) &&
      this.#folded.size + this.timers.size + this.timersDropped.size === 0 &&
      this.tombstones.size + this.tombstonesDropped.size + this.letters.size + this.lettersDropped.size === 0
    );
  }

  /** One step's change. */
  add(executionId: string, change: Change): void {
    if (!change.start && !change.head && change.taskRuns.length === 0) return;
    let folded = this.#folded.get(executionId);
    if (!folded) this.#folded.set(executionId, (folded = { taskRuns: new Map(), removed: new Set() }));
    if (change.start) folded.start = change.start;
    if (change.head) folded.head = change.head;
    for (const id of change.removed) {
      folded.taskRuns.delete(id);
      folded.removed.add(id);
    }
    for (const taskRun of change.taskRuns) folded.taskRuns.set(taskRun.id, taskRun);
    this.taskRuns += change.taskRuns.length;
  }

  open(dispatch: Dispatch): void {
    // A late answer of the same name may have closed it before: after a roll-back an execution begins again under its old id.
    this.#closed.delete(dispatch.item.ref);
    this.#opened.set(dispatch.item.ref, dispatch.item.delivery);
    this.dispatches.push(dispatch);
  }

  /** Of a delivery that is open already: its claim, if there is one by now, stays. */
  resend(dispatch: Dispatch): void {
    this.dispatches.push(dispatch);
  }

  close(ref: string): void {
    this.#opened.delete(ref);
    this.#closed.add(ref);
  }

  bury(id: string, tombstone: string): void {
    this.tombstonesDropped.delete(id);
    this.tombstones.set(id, tombstone);
  }

  dropTombstone(id: string): void {
    this.tombstones.delete(id);
    this.tombstonesDropped.add(id);
  }

  setTimer({ name, dueMs }: Extract<Effect, { kind: 'setTimer' }>): void {
    this.timersDropped.delete(name);
    this.timers.set(name, dueMs);
  }

  dropTimer(name: string): void {
    this.timers.delete(name);
    this.timersDropped.add(name);
  }

  setLetter(name: string, letter: Letter): void {
    this.lettersDropped.delete(name);
    this.letters.set(name, letter);
  }

  dropLetter(name: string): void {
    this.letters.delete(name);
    this.lettersDropped.add(name);
  }

  document(change: DocumentChange, event?: string): void {
    this.#documents.push(change);
    if (event !== undefined) this.#events.push([change.id, event]);
  }

  event(id: string, json: string): void {
    this.#events.push([id, json]);
  }

  finish(): Commit {
    for (const [id, folded] of this.#folded) this.#write(id, folded);
    this.#folded.clear();
    const refs = this.dispatches.map(({ item }) => item.ref);
    return {
      ...EMPTY_COMMIT,
      id: this.id,
      expected: this.expected,
      applied: this.applied,
      documents: this.#documents,
      opened: [...this.#opened],
      closed: [...this.#closed],
      tombstones: { set: [...this.tombstones], dropped: [...this.tombstonesDropped] },
      timers: { set: [...this.timers], dropped: [...this.timersDropped] },
      letters: {
        set: Array.from(this.letters, ([name, letter]) => [name, JSON.stringify(letter)] as const),
        dropped: [...this.lettersDropped],
      },
      outbox: this.unsent.length > 0 ? [...this.unsent, ...refs] : refs,
      events: this.#events,
      definitionsDropped: this.definitionsDropped,
      killed: this.killed,
      deadLetters: this.deadLetters,
      triesDropped: this.triesDropped,
      ...(this.trimFeedBefore === undefined ? {} : { trimFeedBefore: this.trimFeedBefore }),
    };
  }

  #write(id: string, { start, head, taskRuns, removed }: Folded): void {
    const set: [string, string][] = [];
    if (start) set.push(['start', JSON.stringify(start)]);
    if (head) set.push(['head', JSON.stringify(head)]);
    for (const taskRun of taskRuns.values()) set.push([taskRunField(taskRun.id), JSON.stringify(taskRun)]);
    let names = '';
    for (const [name] of set) names += names === '' ? name : ` ${name}`;
    if (removed.size === 0) return this.document({ id, set }, names);
    const gone = [...removed].map(taskRunField);
    for (const name of gone) names += ` ${GONE}${name}`;
    this.document({ id, set, removed: gone }, names.trimStart());
  }
}
