/** Everything that a run needs, standing: Redis, nine servers, a client, a workload; and how it is taken down. */
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
import { Ground, type GroundKind } from './ground.ts';
import { House, type Role } from './house.ts';
import { Keyspace, PARTITIONS } from './keyspace.ts';
import { Ledger } from './ledger.ts';
import type { RedisProxy } from './proxy.ts';
import type { RedisProcess } from './redis-process.ts';

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
  readonly ground: Ground;
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

export async function standUp(seed: number, rate: number, kind: GroundKind): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-faults-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const over = new AbortController();
  const ground = await Ground.lay(kind, join(folder, 'redis'));
  const keys = new Keyspace(ground.connect());
  await keys.connected();
  keys.keepClock();
  const feeds = new Feeds(ground.connect());
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
      REDIS_URL: ground.url,
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
    await ground.close();
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
  const deeds = new Deeds(join(folder, DEEDS));
  const oracle = { keys, feeds, counters, ledger, deeds, history, cuts: [], ticks: [] };
  return {
    folder,
    database: join(data, 'windhover.db'),
    ground,
    // Another one may take its place.
    get redis() {
      return ground.redis;
    },
    proxy: ground.proxy,
    house,
    client,
    load,
    ...oracle,
    close,
    remove,
  };
}
