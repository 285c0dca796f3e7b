/**
 * One commit in the making (B2): what the steps of a batch changed, folded; the feed names the fields that it writes.
 */

import { GOES_ON, GONE } from '../../lib/bus/feed.ts';
import { type Commit, type DocumentChange, EMPTY_COMMIT, type Lease } from '../../lib/bus/ownership.ts';
import type { Item } from '../../lib/bus/queues.ts';
import type { Change } from '../../lib/execution/effect.ts';
import { taskRunField } from '../../lib/execution/run.ts';
import { type ExecutionHead, type ExecutionStart, isOver, type TaskRun } from '../../lib/model/execution.ts';
import type { Letter } from '../../lib/model/letter.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { ContentHash, Partition } from '../../lib/model/partition.ts';
import { type Version, versionOf } from '../../lib/model/version.ts';
import { Edits } from './edits.ts';

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
  sequels?: Item['sequels'];
}

interface Folded {
  start?: ExecutionStart;
  head?: ExecutionHead;
  readonly taskRuns: Edits<TaskRun>;
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
  /** JSON. */
  readonly tombstones = new Edits<string>();
  /** When each is due. */
  readonly timers = new Edits<number>();
  /** To be sent once this is applied. */
  readonly letters = new Edits<Letter>();
  /** Refs of earlier commits that were not sent yet. */
  readonly unsent: string[] = [];
  readonly triesDropped: string[] = [];
  readonly definitionsDropped: ContentHash[] = [];
  readonly killed: string[] = [];
  /** Executions in which nothing new begins, and in which something may again. */
  readonly still = new Edits<true>();
  readonly deadLetters: string[] = [];
  /** Entries whose message threw: left in the mailbox, their tries counted. */
  readonly failed: string[] = [];
  trimFeedBefore?: Version;
  taskRuns = 0;
  bytes = 0;
  /** Deliveries of open attempts. */
  readonly #attempts = new Edits<string>();
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
      this.#folded.size + this.timers.size + this.tombstones.size + this.letters.size === 0
    );
  }

  /** One step's change. */
  add(executionId: string, change: Change): void {
    if (!change.start && !change.head && change.taskRuns.length === 0) return;
    let folded = this.#folded.get(executionId);
    if (!folded) this.#folded.set(executionId, (folded = { taskRuns: new Edits() }));
    if (change.start) folded.start = change.start;
    if (change.head) folded.head = change.head;
    for (const id of change.removed) folded.taskRuns.drop(id);
    for (const taskRun of change.taskRuns) folded.taskRuns.put(taskRun.id, taskRun);
    this.taskRuns += change.taskRuns.length;
  }

  open(dispatch: Dispatch): void {
    this.#attempts.put(dispatch.item.ref, dispatch.item.delivery);
    this.dispatches.push(dispatch);
  }

  /** Of a delivery that is open already: its claim, if there is one by now, stays. */
  resend(dispatch: Dispatch): void {
    this.dispatches.push(dispatch);
  }

  close(ref: string): void {
    this.#attempts.drop(ref);
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
      opened: [...this.#attempts.set],
      closed: [...this.#attempts.dropped],
      tombstones: { set: [...this.tombstones.set], dropped: [...this.tombstones.dropped] },
      timers: { set: [...this.timers.set], dropped: [...this.timers.dropped] },
      letters: {
        set: Array.from(this.letters.set, ([name, letter]) => [name, JSON.stringify(letter)] as const),
        dropped: [...this.letters.dropped],
      },
      outbox: this.unsent.length > 0 ? [...this.unsent, ...refs] : refs,
      events: this.#events,
      definitionsDropped: this.definitionsDropped,
      killed: this.killed,
      still: { set: [...this.still.set.keys()], dropped: [...this.still.dropped] },
      deadLetters: this.deadLetters,
      triesDropped: this.triesDropped,
      ...(this.trimFeedBefore === undefined ? {} : { trimFeedBefore: this.trimFeedBefore }),
    };
  }

  #write(id: string, { start, head, taskRuns }: Folded): void {
    const set: [string, string][] = [];
    if (start) set.push(['start', JSON.stringify(start)]);
    if (head) set.push(['head', JSON.stringify(head)]);
    for (const taskRun of taskRuns.set.values()) set.push([taskRunField(taskRun.id), JSON.stringify(taskRun)]);
    let names = '';
    for (const [name] of set) names += names === '' ? name : ` ${name}`;
    const gone = Array.from(taskRuns.dropped, taskRunField);
    for (const name of gone) names += ` ${GONE}${name}`;
    if (head && !isOver(head)) names += ` ${GOES_ON}`;
    this.document({ id, set, removed: gone }, names.trimStart());
  }
}
