/**
 * Failpoints: places in the protocol at which a server of the test build can be killed, stopped or slowed down. They live in
 * wrappers of the ports (`ports.ts`), which only `server.ts` of this folder puts on: what production starts holds none.
 */
export const SITES = [
  /** A start is in its mailbox, and nobody has been told. */
  'start.after',
  /** A commit that begins an execution is about to leave: its start has been read, and stands in no document yet. */
  'begin.before',
  'commit.before',
  'commit.after',
  /** The first commit of a lease that was just taken. */
  'first.before',
  /** A commit that set timers was applied. */
  'timer.after',
  /** Parcels of a commit go into the queue. */
  'relay.before',
  'relay.after',
  'lease.before',
  'claim.after',
  'answer.before',
  /** The scheduler leads, and is about to look what is due. */
  'lead.after',
  'tick.after',
  /** A batch is in the repository, its cursor is not published. */
  'index.after',
  /** A task has had its effect: inside user code. */
  'effect.after',
] as const;

export type Site = (typeof SITES)[number];

export interface Failpoint {
  readonly site: Site;
  /** `lose`: what was asked is not done, and its asker is told that it was. */
  readonly act: 'kill' | 'stop' | 'delay' | 'lose';
  /** How often it bites. */
  readonly times: number;
  /** Of a stop (the harness wakes it) or a delay. */
  readonly ms?: number;
  /** It bites only where it is about this execution. */
  readonly about?: string;
}

/** That a failpoint has bitten: a line in a file, since who bites may be dead the next moment. */
export interface Bite {
  readonly site: Site;
  readonly act: Failpoint['act'];
  readonly ms?: number;
  readonly pid: number;
  readonly atMs: number;
}
