/** What may happen in a world, as chances per act. A world is one set of them. */
export interface Faults {
  readonly name: string;
  /** An appended message or a parcel vanishes. */
  readonly lose?: number;
  /** …arrives twice. */
  readonly double?: number;
  /** …arrives up to this much later: so others overtake it. ms. */
  readonly delayMs?: number;
  /** A partition loses its last commits, and everything else that its keys held since. Per tick. */
  readonly rollBack?: number;
  /** The reply to a commit is lost: the owner does not know. */
  readonly loseReply?: number;
  /** The last script arrives once more. */
  readonly resend?: number;
  /** An owner stops between computing and committing, and goes on when another one has its partitions. */
  readonly pauseOwner?: number;
  /** Workers that are killed in the course of the world. */
  readonly killWorkers?: number;
  /** Workers that stop for longer than a claim lives, and answer all the same. */
  readonly pauseWorkers?: number;
  /** Starts come again minutes after the end. */
  readonly lateStarts?: boolean;
  /** Executions that are killed while they run. */
  readonly kills?: number;
}

export const QUIET: Faults = { name: 'quiet' };

export const WORLDS: readonly Faults[] = [
  { name: 'messages lost', lose: 0.15 },
  { name: 'messages doubled', double: 0.5 },
  { name: 'messages delayed and reordered', delayMs: 20_000 },
  { name: 'partitions rolled back', rollBack: 0.01 },
  { name: 'replies lost and scripts sent again', loseReply: 0.05, resend: 0.3 },
  { name: 'an old owner woken', pauseOwner: 0.2 },
  { name: 'workers killed', killWorkers: 2 },
  { name: 'workers paused and woken', pauseWorkers: 2, delayMs: 2_000 },
  { name: 'starts that come again', double: 0.5, lateStarts: true },
  {
    name: 'everything',
    lose: 0.05,
    double: 0.1,
    delayMs: 5_000,
    rollBack: 0.003,
    loseReply: 0.02,
    resend: 0.1,
    pauseOwner: 0.02,
    killWorkers: 1,
    lateStarts: true,
  },
];

/** The end depends on when the kill comes: judged by the properties, not by the quiet world. */
export const KILLED: readonly Faults[] = [
  { name: 'executions killed', kills: 4, double: 0.2, delayMs: 2_000, killWorkers: 1, pauseWorkers: 1 },
  { name: 'executions killed, and kills rolled back', kills: 8, rollBack: 0.02 },
];
