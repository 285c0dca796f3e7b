/** The living processes: who they are, since when, what they can do. A member that is silent for 3 s is not live. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../clock.ts';
import { MESSAGE_FORMAT } from '../model/message.ts';

export const VERSION = '0.1.0';
export const MEMBER_BEAT_MS = 1_000;
export const MEMBER_SILENT_MS = 3_000;

export type Role = 'executor' | 'worker' | 'scheduler' | 'indexer' | 'webserver';

export interface Member {
  readonly id: string;
  readonly role: Role;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAtMs: number;
  /** Highest message format that it reads: nobody writes a newer one than the oldest live member's. */
  readonly format: number;
  /** Workers: their group and threads. */
  readonly group?: string;
  readonly threads?: number;
  readonly free?: number;
  /** Webservers: where others reach it, such as `http://127.0.0.1:8080`. */
  readonly url?: string;
}

/** This process, from now on, in one of its roles. */
export const newMember = (role: Role, more: Partial<Member> = {}): Member => ({
  id: randomUUID(),
  role,
  host: hostname(),
  pid: process.pid,
  version: VERSION,
  startedAtMs: systemClock.now(),
  format: MESSAGE_FORMAT,
  ...more,
});

export interface Members {
  /** Says that the member lives; to be repeated each MEMBER_BEAT_MS. */
  beat(member: Member): Promise<void>;
  leave(id: string): Promise<void>;
  /** The live ones. */
  live(): Promise<readonly Member[]>;
}
