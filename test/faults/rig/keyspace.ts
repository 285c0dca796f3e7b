/**
 * Redis as the oracle sees it: past the proxy and past the bus, by the names of keys that ARCHITECTURE.md lists. Writes one key
 * of its own, a clock: after a cut it says until when the data reach.
 */
import { type Client, Ground } from './ground.ts';

export const PARTITIONS = 16;
export const CLOCK = 'faults:clock';
const CLOCK_EACH_MS = 50;
const SCAN_COUNT = 1_000;

export interface Owner {
  readonly owner?: string;
  readonly untilMs: number;
  readonly number: number;
}

const ALL = ['x', 'f'].flatMap((kind) => Array.from({ length: PARTITIONS }, (_, n) => `${kind}:${n}`));

export class Keyspace {
  readonly redis: Client;
  #clock: NodeJS.Timeout | undefined;

  constructor(redis: Client) {
    this.redis = redis;
  }

  async connected(): Promise<void> {
    if (this.redis.status !== 'ready') await new Promise<void>((resolve) => this.redis.once('ready', () => resolve()));
  }

  keepClock(): void {
    this.#clock = setInterval(() => {
      if (this.redis.status === 'ready') this.redis.set(CLOCK, Date.now()).catch(() => {}); // Redis is away.
    }, CLOCK_EACH_MS);
  }

  /** Until when the data reach, ms. */
  async clock(): Promise<number> {
    return Number(await this.redis.get(CLOCK));
  }

  async now(): Promise<number> {
    const [seconds, micros] = await this.redis.time();
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  async owners(): Promise<ReadonlyMap<string, Owner>> {
    const replies = await Promise.all(
      ALL.map((partition) => this.redis.hmget(`windhover:{${partition}}:owner`, 'owner', 'until', 'number')),
    );
    return new Map(
      ALL.map((partition, n) => {
        const [owner, until, number] = replies[n]!;
        return [partition, { owner: owner ?? undefined, untilMs: Number(until ?? 0), number: Number(number ?? 0) }];
      }),
    );
  }

  /** Partitions without a lease that counts, or with that of another than these. */
  async orphans(owners?: ReadonlySet<string>): Promise<number> {
    const [all, nowMs] = await Promise.all([this.owners(), this.now()]);
    let orphans = 0;
    for (const { owner, untilMs } of all.values())
      if (owner === undefined || untilMs <= nowMs || (owners && !owners.has(owner))) orphans++;
    return orphans;
  }

  /** Members that were heard within 3 s, by process id. */
  async members(): Promise<ReadonlyMap<number, { readonly id: string; readonly role: string }>> {
    const nowMs = await this.now();
    const ids = await this.redis.zrangebyscore('windhover:{sys}:members:heard', nowMs - 3_000, '+inf');
    if (ids.length === 0) return new Map();
    const texts = await this.redis.hmget('windhover:{sys}:members', ...ids);
    const members = texts.flatMap((text) =>
      text === null ? [] : [JSON.parse(text) as { pid: number; id: string; role: string }],
    );
    return new Map(members.map((member) => [member.pid, member]));
  }

  leader(): Promise<string | null> {
    return this.redis.get('windhover:{sched}:leader');
  }

  async keys(pattern: string): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const server of Ground.masters(this.redis))
      for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
        const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
        for (const key of keys) found.add(key);
        cursor = next;
      }
    return [...found];
  }

  close(): void {
    clearInterval(this.#clock);
    this.redis.disconnect();
  }
}
