/**
 * A term of leading: what the leader remembers of the timetable while nobody else can have written it. Every change goes
 * through `commit`; one that is not surely applied ends the term, and the next one reads everything anew.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import type { Timetable } from '../../lib/bus/timetable.ts';
import type { Log } from '../../lib/log.ts';
import type { Version } from '../../lib/model/version.ts';
import { Outbox, type Parcel } from './starts.ts';
import { flowKeyOf } from './ticks.ts';

/** Reading a partition from its documents, half done. */
export interface Scan {
  readonly cursor: Version;
  readonly ids: readonly string[];
  done: number;
}

type Change = Parameters<Timetable['commit']>[1];

export class Term {
  /** Set when a commit was refused or its answer is not known. */
  over = false;
  /** Uids of the triggers of each flow. */
  readonly uids = new Map<string, Set<string>>();
  readonly cursors: Map<string, string>;
  readonly scans = new Map<string, Scan>();
  readonly outbox: Outbox;
  readonly #timetable: Timetable;
  readonly #token: string;
  /** Of the last commit. */
  #number: number;

  private constructor(
    timetable: Timetable,
    token: string,
    kept: { readonly number: number; readonly outbox: Outbox; readonly cursors: ReadonlyMap<string, string> },
  ) {
    this.#timetable = timetable;
    this.#token = token;
    this.#number = kept.number;
    this.outbox = kept.outbox;
    this.cursors = new Map(kept.cursors);
  }

  static async begin(bus: Bus, token: string, log: Log): Promise<Term> {
    const { timetable } = bus;
    const [number, cursors, outbox, triggers] = await Promise.all([
      timetable.number(),
      timetable.cursors(),
      timetable.outbox(),
      timetable.all(),
    ]);
    const term = new Term(timetable, token, { number, outbox: new Outbox(bus, log, outbox), cursors });
    for (const { uid } of triggers) term.#know(uid);
    return term;
  }

  /** False: the lead is lost. */
  async commit(
    change: Omit<Change, 'starts'> & { readonly parcels?: readonly (readonly [name: string, parcel: Parcel])[] },
  ): Promise<boolean> {
    const { parcels = [], ...rest } = change;
    if (this.over) return false;
    this.over = true;
    const starts = parcels.map(([name, parcel]) => [name, JSON.stringify(parcel)] as const);
    if ((await this.#timetable.commit(this.#token, { ...rest, starts })) === 'FENCED') return false;
    this.over = false;
    this.#number++;
    for (const [name, parcel] of parcels) this.outbox.add(name, parcel);
    this.outbox.drop(change.sent ?? []);
    for (const { uid } of change.triggers ?? []) this.#know(uid);
    for (const uid of change.dropped ?? []) this.#forget(uid);
    for (const [partition, cursor] of change.cursors ?? []) this.cursors.set(partition, cursor);
    return true;
  }

  /** False: a failover has taken commits away, and what is remembered is of a lost history. */
  async stands(): Promise<boolean> {
    return (await this.#timetable.number()) === this.#number;
  }

  #know(uid: string): void {
    const key = flowKeyOf(uid);
    const uids = this.uids.get(key);
    if (uids) uids.add(uid);
    else this.uids.set(key, new Set([uid]));
  }

  #forget(uid: string): void {
    const key = flowKeyOf(uid);
    const uids = this.uids.get(key);
    uids?.delete(uid);
    if (uids?.size === 0) this.uids.delete(key);
  }
}
