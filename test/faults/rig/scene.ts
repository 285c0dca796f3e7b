/** Everything that a run needs, standing: Redis behind its proxy, nine servers, a client, a workload; and how it is taken down. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Dice } from '../../simulation/random.ts';
import { DEEDS } from '../build/server.ts';
import { Client } from '../load/client.ts';
import { History } from '../load/history.ts';
import { kindsOf, sourceOf } from '../load/kinds.ts';
import { Load } from '../load/load.ts';
import { Feeds } from '../oracle/feeds.ts';
import type { Ticks } from '../oracle/ticks.ts';
import type { Cut } from '../phases/phase.ts';
import { Counters } from './counters.ts';
import { Deeds } from './deeds.ts';
import { House, type Role } from './house.ts';
import { Keyspace, PARTITIONS } from './keyspace.ts';
import { Ledger } from './ledger.ts';
import { RedisProxy } from './proxy.ts';
import { freePort, RedisProcess } from './redis-process.ts';

const PLUGIN = fileURLToPath(new URL('../build/plugin.ts', import.meta.url));
const THREADS = 4;
const RESIDENTS: readonly Role[] = [
  ...(['executor', 'executor', 'executor', 'worker', 'worker'] as const),
  ...(['scheduler', 'scheduler', 'indexer', 'webserver'] as const),
];

export interface Scene {
  readonly folder: string;
  /** The repository's file. */
  readonly database: string;
  readonly redis: RedisProcess;
  readonly proxy: RedisProxy;
  readonly keys: Keyspace;
  readonly feeds: Feeds;
  readonly house: House;
  readonly counters: Counters;
  readonly ledger: Ledger;
  readonly deeds: Deeds;
  readonly history: History;
  readonly client: Client;
  readonly load: Load;
  readonly cuts: Cut[];
  readonly ticks: Ticks[];
  close(): Promise<void>;
  /** Takes away what it has written. */
  remove(): void;
}

export async function standUp(seed: number, rate: number): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-faults-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const over = new AbortController();
  const redis = new RedisProcess(await freePort(), join(folder, 'redis'));
  await redis.start();
  const proxy = await RedisProxy.open(await freePort(), redis.port);
  const keys = new Keyspace(redis.port);
  await keys.connected();
  keys.keepClock();
  const feeds = new Feeds(redis.port);
  const ledger = new Ledger(join(folder, 'ledger.jsonl'));
  const house = new House({
    folder,
    threads: THREADS,
    env: {
      WINDHOVER_DATA: data,
      WINDHOVER_PASSWORD: 'correct-horse',
      WINDHOVER_PLUGINS: PLUGIN,
      WINDHOVER_STOP_DEADLINE: '10',
      WINDHOVER_PARTITIONS: String(PARTITIONS),
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    },
    entered: () => {},
  });
  house.watch();
  const counters = new Counters(() => house.all);
  const history = new History();
  const tokenFile = join(data, 'token');
  const client = new Client({
    history,
    webs: () => house.of('webserver').map(({ web }) => web),
    token: () => (existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : ''),
    over: over.signal,
  });
  const kinds = kindsOf(ledger.path);
  const load = new Load({ client, kinds, dice: new Dice(seed), rate, over: over.signal });
  const close = async (): Promise<void> => {
    over.abort();
    counters.close();
    feeds.close();
    keys.close();
    await house.close();
    await proxy.close();
    await redis.kill();
  };
  try {
    await Promise.all(RESIDENTS.map((role) => house.add(role)));
    for (const kind of kinds) await client.save(sourceOf(kind));
  } catch (error) {
    await close();
    throw error;
  }
  void feeds.watch();
  void counters.watch();
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const parts = { folder, database: join(data, 'windhover.db'), redis, proxy, keys, feeds, house, counters };
  return {
    ...parts,
    ledger,
    deeds: new Deeds(join(folder, DEEDS)),
    history,
    client,
    load,
    cuts: [],
    ticks: [],
    close,
    remove,
  };
}
