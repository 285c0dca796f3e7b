/**
 * `windhover doctor`: looks at what everything rests on, and says what should be mended. Talks to Redis itself, so that it
 * answers when no server does. Ends with 1 if something is wrong.
 */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import type { Bus, BusReport } from '../../../lib/bus/bus.ts';
import type { Member } from '../../../lib/bus/members.ts';
import type { LoadedConfig } from '../../../lib/config.ts';
import { openDataFolder } from '../../../lib/data-folder.ts';
import { Fault } from '../../../lib/errors.ts';
import { silentLog } from '../../../lib/log.ts';
import { allPartitions } from '../../../lib/model/partition.ts';

const SKEW_MS_MAX = 1_000;
/** Of the memory that Redis may take. */
const FULL_SHARE = 0.8;
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
    .description('check Redis, partitions and servers; the exit code is 1 if something is wrong')
    .action(async () => finish(await doctor(load(), (line) => process.stdout.write(`${line}\n`))));
}

export async function doctor({ config }: LoadedConfig, say: (line: string) => void): Promise<number> {
  const url = config.redisUrl ?? openDataFolder(config.data).socket;
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
    const { lines, problems } = await examine(bus);
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
