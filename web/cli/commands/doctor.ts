/**
 * `windhover doctor`: looks at what everything rests on, and says what should be mended. Talks to Redis and the repository itself, so
 * that it answers when no server does. Ends with 1 if something is wrong.
 */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import type { Bus, BusReport } from '../../../lib/bus/bus.ts';
import type { Member } from '../../../lib/bus/members.ts';
import type { LoadedConfig } from '../../../lib/config.ts';
import { openDataFolder } from '../../../lib/data-folder.ts';
import { Fault, textOf } from '../../../lib/errors.ts';
import { silentLog } from '../../../lib/log.ts';
import { allPartitions } from '../../../lib/model/partition.ts';
import { commitsBehind, NO_VERSION } from '../../../lib/model/version.ts';
import { feedCursor } from '../../../lib/repository/cursor.ts';
import type { Look } from '../../../lib/repository/sql/look.ts';

const SKEW_MS_MAX = 1_000;
/** Of the memory that Redis may take. */
const FULL_SHARE = 0.8;
/** Of the repository, in commits: a second's work of a busy machine is a tenth of it. */
const LAG_MAX = 10_000;
/** Without these nothing moves; the others only show themselves where they run. */
const NEEDED_ROLES = ['executor', 'worker'] as const;

export interface Findings {
  readonly lines: readonly string[];
  /** What should be mended, in sentences. */
  readonly problems: readonly string[];
}

export function addDoctorCommand(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  program
    .command('doctor')
    .description('check Redis, the repository, partitions and servers; the exit code is 1 if something is wrong')
    .action(async () => finish(await doctor(load(), (line) => process.stdout.write(`${line}\n`))));
}

export async function doctor({ config }: LoadedConfig, say: (line: string) => void): Promise<number> {
  const data = openDataFolder(config.data);
  const url = config.redisUrl ?? data.socket;
  if (isAbsolute(url) && !existsSync(url))
    throw new Fault(
      'bus.unavailable',
      `expected Redis at ${url}, got no such socket. Start Windhover (npm start), or set REDIS_URL`,
    );
  const { openRedisBus } = await import('../../../lib/bus/redis/open.ts');
  const bus = await openRedisBus({
    url,
    partitions: config.partitions,
    durability: config.durability,
    log: silentLog,
  });
  try {
    const found = [await examine(bus), await examineRepository(bus, data.database, config.databaseUrl)];
    const [lines, problems] = [found.flatMap((each) => each.lines), found.flatMap((each) => each.problems)];
    for (const line of lines) say(line);
    for (const problem of problems) say(`✘ ${problem}`);
    if (problems.length === 0) say('✔ all is well');
    return problems.length === 0 ? 0 : 1;
  } finally {
    await bus.close();
  }
}

export async function examine(bus: Bus): Promise<Findings> {
  const [report, owners, members] = await Promise.all([bus.report(), bus.ownership.owners(), bus.members.live()]);
  const partitions = [...allPartitions('x', bus.partitions), ...allPartitions('f', bus.partitions)];
  const orphans = partitions.filter((partition) => !owners.has(partition));
  const counts = new Map<string, number>();
  for (const owner of owners.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  const lines = [
    ...redisLines(report),
    `partitions      ${partitions.length}, ${partitions.length - orphans.length} owned`,
    ...[...counts].sort().map(([owner, count]) => `  ${String(count).padStart(4)}  ${owner}`),
    `live servers    ${members.length}`,
    ...members.map(memberLine).sort(),
  ];
  return { lines, problems: [...redisProblems(report), ...serverProblems(orphans.length, partitions.length, members)] };
}

const KINDS = { sqlite: 'SQLite', postgres: 'Postgres', mysql: 'MySQL' } as const;

/** Looks at it as it is: a schema that is older is brought up to date by the next server that starts. */
export async function examineRepository(bus: Bus, file: string, databaseUrl?: string): Promise<Findings> {
  const { lookAtRepository, SCHEMA_VERSION } = await import('../../../lib/repository/sql/look.ts');
  const place = databaseUrl === undefined ? file : withoutPassword(databaseUrl);
  let look: Look;
  try {
    look = await lookAtRepository({ file, url: databaseUrl });
  } catch (error) {
    const reason = `expected the repository at ${place} to answer: ${textOf(error)}`;
    return { lines: [`repository      ${place}, away`], problems: [reason] };
  }
  const { kind, version, needs, cursors } = look;
  const partitions = [...allPartitions('x', bus.partitions), ...allPartitions('f', bus.partitions)];
  const [newest, members] = await Promise.all([bus.feeds.newest(partitions), bus.members.live()]);
  const lag = partitions.reduce((all, partition) => {
    const known = cursors.get(feedCursor(partition)) ?? NO_VERSION;
    return all + commitsBehind(known, newest.get(partition) ?? NO_VERSION);
  }, 0);
  const problems: string[] = [];
  if (needs > SCHEMA_VERSION)
    problems.push(`expected a schema that version ${SCHEMA_VERSION} can work with, got ${version}: update Windhover`);
  if (lag > 0 && !members.some(({ role }) => role === 'indexer'))
    problems.push('expected an indexer, got none: lists show nothing new. windhover server indexer');
  if (lag > LAG_MAX) problems.push(`expected the repository at most ${LAG_MAX} commits behind, got ${lag}`);
  return {
    lines: [
      `repository      ${KINDS[kind]}, ${place}`,
      `schema          ${schemaWords(version, SCHEMA_VERSION)}`,
      `indexed         ${lag === 0 ? 'all commits' : `all but ${lag} of the latest commits`}`,
    ],
    problems,
  };
}

function schemaWords(version: number, known: number): string {
  if (version === 0) return 'none yet: the first server that starts makes it';
  if (version === known) return `version ${version}`;
  const words = version < known ? 'the next server that starts brings it up to date' : 'newer than this Windhover';
  return `version ${version} (${known} here): ${words}`;
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
}

function redisLines(report: BusReport): string[] {
  const limit = report.maxMemoryBytes > 0 ? ` of ${megabytes(report.maxMemoryBytes)}` : ', no limit';
  return [
    `redis           ${report.version}, ${report.connections} connections here`,
    `topology        ${report.topology}`,
    `durability      ${report.durability === 'none' ? 'none' : `append-only file, fsync ${report.durability}`}`,
    `eviction        ${report.evictionPolicy}`,
    `memory          ${megabytes(report.usedMemoryBytes)}${limit}`,
    `clock           ${report.clockSkewMs} ms ahead of this machine`,
  ];
}

function redisProblems(report: BusReport): string[] {
  const problems = [...report.warnings];
  if (report.evictionPolicy !== 'noeviction')
    problems.push(`expected maxmemory-policy noeviction, got ${report.evictionPolicy}: Redis would throw state away`);
  if (Math.abs(report.clockSkewMs) > SKEW_MS_MAX)
    problems.push(`expected clocks within ${SKEW_MS_MAX} ms, got ${report.clockSkewMs} ms: set up NTP`);
  if (report.maxMemoryBytes > 0 && report.usedMemoryBytes > FULL_SHARE * report.maxMemoryBytes)
    problems.push(
      `expected Redis to use at most ${FULL_SHARE * 100} % of its memory, got ${megabytes(report.usedMemoryBytes)}`,
    );
  return problems;
}

function serverProblems(orphans: number, partitions: number, members: readonly Member[]): string[] {
  const missing = NEEDED_ROLES.filter((role) => !members.some((member) => member.role === role));
  const problems = missing.map((role) => `expected at least one ${role}, got none: windhover server ${role}`);
  if (orphans > 0) problems.push(`expected an owner for each partition, got none for ${orphans} of ${partitions}`);
  return problems;
}

function memberLine({ role, id, host, pid, version, group, threads, free }: Member): string {
  const work = role === 'worker' ? `, group ${group}, ${free} of ${threads} threads free` : '';
  return `  ${role.padEnd(10)} ${id}, ${host} pid ${pid}, version ${version}${work}`;
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
