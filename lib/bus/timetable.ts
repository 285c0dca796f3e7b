/**
 * What the scheduler keeps: a leader, due dates, the state of each trigger, an outbox of starts. Safety is the tick commit,
 * which checks the leader's token in the same script that records the tick and puts the start into the outbox.
 */
export const LEADER_MS = 5_000;

export interface TriggerRecord {
  /** `<tenant>/<namespace>/<flow>/<trigger>`. */
  readonly uid: string;
  /** When it is due next, ms; absent: never. */
  readonly dueMs?: number;
  /** JSON of the trigger's state, such as its last tick and the revision that it belongs to. */
  readonly state: string;
}

export interface Timetable {
  /** Takes or renews the lead; false: somebody else has it. */
  lead(token: string): Promise<boolean>;
  resign(token: string): Promise<void>;
  /** Triggers due at or before the bus's now, earliest first, with the bus's now. */
  due(limit: number): Promise<{ readonly nowMs: number; readonly triggers: readonly TriggerRecord[] }>;
  all(): Promise<readonly TriggerRecord[]>;
  read(uid: string): Promise<TriggerRecord | undefined>;
  /** One script: checks the token, writes and drops triggers, puts starts (name, JSON) into the outbox, keeps `cursors`. */
  commit(
    token: string,
    change: {
      readonly triggers?: readonly TriggerRecord[];
      readonly dropped?: readonly string[];
      readonly starts?: readonly (readonly [name: string, json: string])[];
      readonly sent?: readonly string[];
      readonly cursors?: ReadonlyMap<string, string>;
    },
  ): Promise<'APPLIED' | 'FENCED'>;
  /** How many commits it holds: fewer than a leader has made were left by a failover. */
  number(): Promise<number>;
  outbox(): Promise<readonly (readonly [name: string, json: string])[]>;
  /** How far the scheduler has read each flow partition's feed. */
  cursors(): Promise<ReadonlyMap<string, string>>;
}
