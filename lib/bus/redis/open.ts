/**
 * The bus on Redis. `openRedisBus` checks that Redis is fit (version, eviction, partitions) before anything is written, and
 * refuses with a sentence that says what to do.
 */
import { Fault, textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Bus, BusReport } from '../bus.ts';
import { redisClaims } from './claims.ts';
import { Connections, reached } from './connection.ts';
import { redisDocuments } from './documents.ts';
import { redisFeeds } from './feed.ts';
import { SYSTEM } from './keys.ts';
import { redisLines } from './lines.ts';
import { redisMailbox } from './mailbox.ts';
import { redisMembers } from './members.ts';
import { redisOwnership } from './ownership.ts';
import { redisQueues } from './queues.ts';
import { Replication } from './replication.ts';
import { reportOf } from './report.ts';
import { timeAt } from './time.ts';
import { redisTimetable } from './timetable.ts';
import { redisVault } from './vault.ts';
import { keepFileWhole } from './whole-file.ts';

/** Where nothing is set: fewer partitions are fuller commits; see ARCHITECTURE.md. */
const PARTITIONS = 8;
const OPEN_MS = 5_000;
const REPORT_MS = 2_000;
const OLDEST = [7, 0] as const;
/** What answers there lets nobody in by these credentials, or is no Redis. */
const STRANGE = /^(?:NOAUTH|WRONGPASS|NOPERM)|Unknown RESP type/;

/** `url`: as address.ts reads it. Throws `bus.unavailable`, `bus.unsuitable`, `config.invalid`. */
export async function openRedisBus(options: {
  readonly url: string;
  /** Absent: as Redis was first opened with, PARTITIONS for a new one. */
  readonly partitions?: number;
  /** `strict`: what is accepted from outside is on a replica, where there is one. */
  readonly durability?: 'standard' | 'strict';
  readonly log: Log;
}): Promise<Bus> {
  const { url, log } = options;
  const connections = new Connections(url, log);
  try {
    await within(OPEN_MS, connected(connections));
    const partitions = await agreedPartitions(connections, options.partitions);
    const strict = options.durability === 'strict';
    const first = await reportOf(connections, strict);
    refuseUnsuitable(first);
    for (const warning of first.warnings) log.warn({}, warning);
    keepFileWhole(connections.state, log);
    return busOf(connections, partitions, strict, log);
  } catch (error) {
    connections.close();
    throw strange(error) ?? reached(error);
  }
}

function strange(error: unknown): Fault | undefined {
  const text = textOf(error);
  if (!STRANGE.test(text)) return undefined;
  return new Fault('bus.unsuitable', `expected a Redis that lets us in by redisUrl (REDIS_URL), got: ${text}`, {
    cause: error,
  });
}

function busOf(connections: Connections, partitions: number, strict: boolean, log: Log): Bus {
  const ownership = redisOwnership(connections, partitions);
  const queues = redisQueues(connections, log);
  return {
    partitions,
    mailbox: redisMailbox(connections, strict ? new Replication(connections) : undefined),
    ownership,
    claims: redisClaims(connections),
    documents: redisDocuments(connections),
    feeds: redisFeeds(connections),
    lines: redisLines(connections),
    queues,
    members: redisMembers(connections),
    timetable: redisTimetable(connections),
    vault: redisVault(connections),
    now: () => timeAt(connections),
    report: () => within(REPORT_MS, reportOf(connections, strict)),
    sightMs: () => connections.sightMs,
    close: async () => {
      ownership.close();
      await queues.close();
      connections.close();
    },
  };
}

/** Resolves when Redis answers, all masters of a cluster. */
async function connected(connections: Connections): Promise<void> {
  const { state } = connections;
  await new Promise<void>((resolve, reject) => {
    state.once('ready', resolve);
    state.once('error', reject);
  });
  await Promise.all(connections.masters().map((master) => master.ping()));
}

/** The first opener fixes the count; another one is refused, since ids would fall elsewhere. Who comes later writes nothing: Redis may be full. */
async function agreedPartitions({ state }: Connections, wanted: number | undefined): Promise<number> {
  const key = `${SYSTEM}:partitions`;
  let text = await state.get(key);
  if (text === null) {
    await state.setnx(key, wanted ?? PARTITIONS);
    text = await state.get(key);
  }
  const kept = Number(text);
  if (wanted !== undefined && kept !== wanted)
    throw new Fault(
      'bus.unsuitable',
      `expected ${kept} partitions as this Redis was first opened with, got ${wanted} (WINDHOVER_PARTITIONS)`,
    );
  return kept;
}

function refuseUnsuitable({ version, evictionPolicy }: BusReport): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new Fault('bus.unsuitable', `expected Redis ${OLDEST.join('.')} or newer, got ${version}`);
  if (evictionPolicy !== 'noeviction')
    throw new Fault(
      'bus.unsuitable',
      `expected maxmemory-policy noeviction, got ${evictionPolicy}: Redis would throw state away`,
    );
}

async function within<T>(ms: number, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault('bus.unavailable', `expected an answer within ${ms} ms`)), ms);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
