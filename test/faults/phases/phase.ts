/** What a phase of faults is, what it has to work with, and what it writes down. */
import type { Dice } from '../../simulation/random.ts';
import type { Client } from '../load/client.ts';
import type { History } from '../load/history.ts';
import type { Load } from '../load/load.ts';
import type { Evidence } from '../oracle/evidence.ts';
import type { Feeds } from '../oracle/feeds.ts';
import type { Ticks } from '../oracle/ticks.ts';
import type { Counters } from '../rig/counters.ts';
import type { Deeds } from '../rig/deeds.ts';
import type { Ground, GroundKind } from '../rig/ground.ts';
import type { House } from '../rig/house.ts';
import type { Keyspace } from '../rig/keyspace.ts';
import type { Ledger } from '../rig/ledger.ts';
import type { RedisProxy } from '../rig/proxy.ts';
import type { RedisProcess } from '../rig/redis-process.ts';
import type { Account } from './account.ts';

export interface Stage {
  readonly house: House;
  readonly ground: Ground;
  readonly redis: RedisProcess;
  readonly proxy: RedisProxy;
  readonly keys: Keyspace;
  readonly counters: Counters;
  readonly feeds: Feeds;
  readonly history: History;
  readonly client: Client;
  readonly load: Load;
  readonly ledger: Ledger;
  readonly deeds: Deeds;
  readonly dice: Dice;
  readonly account: Account;
  /** How long the phase has, about. */
  readonly seconds: number;
  /** Histories that were cut: what was acknowledged from then on, and before it was known, may be lost. */
  readonly cuts: Cut[];
  /** Schedules that were due each second, and when. */
  readonly ticks: Ticks[];
  readonly folder: string;
}

export interface Cut {
  /** Until when the data reach. */
  readonly fromMs: number;
  /** When the shortened history began to be used. */
  readonly untilMs: number;
  /** By partition, the number that the shortened history ends with; absent where it was used before it could be read. */
  readonly numbers?: ReadonlyMap<string, number>;
  /** Both histories were written in between: what was done then may belong to either. */
  readonly hazy?: boolean;
}

/** A time that a fault may cost. Judged where the machine is ours. */
export interface Goal {
  readonly recovery: string;
  readonly share: number;
  readonly ms: number;
}

export interface Phase {
  /** As the fault table has it. */
  readonly id: string;
  readonly title: string;
  /** How long it takes, about. */
  readonly seconds: number;
  /** How long in the short profile; absent: it is not part of it. */
  readonly shortSeconds?: number;
  /** What must have been seen, or the run is void. */
  readonly sights: readonly string[];
  readonly goals: readonly Goal[];
  /** What the servers must stand on; absent: whatever they do. */
  readonly ground?: GroundKind;
  run(stage: Stage): Promise<void>;
  /** What it alone must keep, by all that the run has left behind. */
  readonly judge?: (evidence: Evidence, account: Account) => readonly string[];
}
