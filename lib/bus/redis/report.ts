/** What Redis says of itself, for health and `doctor`: of a cluster all masters, and of each setting the worst. */
import type { Redis } from 'ioredis';
import type { BusReport } from '../bus.ts';
import { type Address, addressText } from './address.ts';
import { type Connections, reached } from './connection.ts';
import { timeAt } from './time.ts';

/** From the worst. */
const DURABILITIES = ['none', 'unknown', 'everysec', 'always'];

interface Server {
  readonly version: string;
  readonly durability: string;
  readonly evictionPolicy: string;
  readonly usedMemoryBytes: number;
  readonly maxMemoryBytes: number;
  readonly replicas: number;
  /** It takes no writes while no replica is near enough. */
  readonly bounded: boolean;
}

/** `strict`: the durability that is wanted. Throws `bus.unavailable`. */
export async function reportOf(connections: Connections, strict: boolean): Promise<BusReport> {
  const before = Date.now();
  const [servers, nowMs] = await Promise.all([
    Promise.all(connections.masters().map(serverOf)),
    timeAt(connections),
  ]).catch((error: unknown) => {
    throw reached(error);
  });
  const clockSkewMs = Math.round(nowMs - (before + Date.now()) / 2);
  const fullest = servers.reduce((worst, server) => (shareOf(server) > shareOf(worst) ? server : worst));
  return {
    adapter: 'redis',
    topology: topologyOf(connections.address, servers),
    version: servers.map(({ version }) => version).sort(byVersion)[0]!,
    durability: DURABILITIES.find((name) => servers.some(({ durability }) => durability === name)) ?? 'unknown',
    evictionPolicy:
      servers.find(({ evictionPolicy }) => evictionPolicy !== 'noeviction')?.evictionPolicy ?? 'noeviction',
    usedMemoryBytes: fullest.usedMemoryBytes,
    maxMemoryBytes: fullest.maxMemoryBytes,
    clockSkewMs,
    connections: connections.count,
    warnings: warningsOf(connections.address, servers, strict),
  };
}

async function serverOf(client: Redis): Promise<Server> {
  const text = await client.info();
  const info = new Map(text.split('\r\n').map((line) => line.split(':', 2) as [string, string]));
  const settings = await client.config('GET', 'appendfsync').catch(() => []); // Managed services refuse CONFIG.
  const persistent = info.get('aof_enabled') === '1';
  return {
    version: info.get('redis_version') ?? '0',
    durability: persistent ? String((settings as string[])[1] ?? 'unknown') : 'none',
    evictionPolicy: info.get('maxmemory_policy') ?? 'unknown',
    usedMemoryBytes: Number(info.get('used_memory')),
    maxMemoryBytes: Number(info.get('maxmemory')),
    replicas: Number(info.get('connected_slaves') ?? 0),
    bounded: info.has('min_slaves_good_slaves'),
  };
}

function topologyOf(address: Address, servers: readonly Server[]): string {
  const replicas = servers.reduce((sum, server) => sum + server.replicas, 0);
  switch (address.kind) {
    case 'socket':
    case 'single':
      return `one server, ${addressText(address)}${replicas > 0 ? `, replicas: ${replicas}` : ''}`;
    case 'sentinel':
      return `${addressText(address)}, replicas: ${replicas}`;
    case 'cluster':
      return `a cluster, masters: ${servers.length}, replicas: ${replicas}`;
  }
}

function warningsOf({ kind }: Address, servers: readonly Server[], strict: boolean): readonly string[] {
  const warnings: string[] = [];
  const lone = servers.filter(({ replicas }) => replicas === 0);
  const unbounded = servers.filter(({ replicas, bounded }) => replicas > 0 && !bounded);
  if (servers.some(({ durability }) => durability === 'none'))
    warnings.push('Redis writes no append-only file: what runs is lost when it stops (set appendonly yes)');
  else if (strict && servers.some(({ durability }) => durability === 'everysec'))
    warnings.push(
      'expected appendfsync always under strict durability, got everysec: a power loss may cost two seconds',
    );
  if (lone.length > 0 && (kind === 'sentinel' || kind === 'cluster'))
    warnings.push(
      `expected a replica for each master, got none for ${lone.length} of ${servers.length}: nobody takes over`,
    );
  if (unbounded.length > 0)
    warnings.push(
      'a replica may be behind by any time, and a failover loses that much (set min-replicas-to-write 1, min-replicas-max-lag 10)',
    );
  return warnings;
}

const shareOf = ({ usedMemoryBytes, maxMemoryBytes }: Server): number =>
  maxMemoryBytes > 0 ? usedMemoryBytes / maxMemoryBytes : usedMemoryBytes / Number.MAX_SAFE_INTEGER;

const byVersion = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
