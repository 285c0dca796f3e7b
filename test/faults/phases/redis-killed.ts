/** F7: Redis is killed and stays away for a moment, for longer than a lease, for longer than every claim. */
import { setTimeout as sleep } from 'node:timers/promises';
import { takenFromTheLiving } from '../oracle/sight.ts';
import type { Phase, Stage } from './phase.ts';
import { executorsOf, measured } from './waiting.ts';

const AWAY_MS = [500, 5_000, 12_000];
/** In the short profile. */
const AWAY_SHORT = 2;
const BETWEEN_MS = 4_000;
const PROBE_EACH_MS = 5_000;
/** A web call while Redis is away is answered by then. */
export const REFUSED_MS = 2_000;
const ASK_EACH_MS = 200;
const BACK = 'whole loop back';
const REFUSED = 'calls refused';

export const redisKilled: Phase = {
  id: 'F7',
  title: 'Redis killed',
  seconds: 40,
  shortSeconds: 20,
  sights: [REFUSED],
  goals: [{ recovery: BACK, share: 1, ms: 3_000 }],
  judge: takenFromTheLiving,
  run: async (stage) => {
    const { account, house } = stage;
    const before = house.all.map(({ pid }) => pid);
    const times = stage.seconds < redisKilled.seconds ? AWAY_SHORT : AWAY_MS.length;
    for (const ms of AWAY_MS.slice(0, times)) await away(stage, ms);
    const living = new Set(house.all.map(({ pid }) => pid));
    for (const pid of before)
      if (!living.has(pid)) account.broke('processes', `process ${pid} did not live through it`);
  },
};

async function away(stage: Stage, ms: number): Promise<void> {
  const { account, keys, redis } = stage;
  await redis.kill();
  account.injected++;
  await refusals(stage, ms);
  await redis.start();
  await keys.connected();
  await back(stage, performance.now());
  await sleep(BETWEEN_MS);
}

/** Asks all the while: every answer is a refusal, and comes in time. */
export async function refusals({ account, client }: Stage, forMs: number): Promise<void> {
  const asked: Promise<void>[] = [];
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; await sleep(ASK_EACH_MS))
    asked.push(
      (async () => {
        const fromMs = performance.now();
        const { status } = await client.read('/executions/search?size=1');
        account.recovered('answer to a call', Math.round(performance.now() - fromMs));
        if (status === 503) account.saw(REFUSED);
      })(),
    );
  await Promise.all(asked);
}

/** An execution begins, is worked on, ends and is shown; every partition has an owner; somebody leads. */
export async function back(stage: Stage, fromMs: number): Promise<void> {
  const { client, keys, load } = stage;
  // Without a key, one whose answer is lost in the fault may never have been accepted, and would be waited for in vain.
  const probe = () => load.ask(load.kind('probe'), true);
  const probes = [probe()];
  const anyIsShown = async () => {
    // One that was asked for in the moment of a failover may be lost with the master; whether it may is judged in the end.
    if (Date.now() - probes.at(-1)!.atMs > PROBE_EACH_MS) probes.push(probe());
    const shown = await Promise.all(probes.map(({ name }) => isShown(client, name)));
    return shown.includes(true);
  };
  await Promise.all([
    measured(stage, BACK, anyIsShown, fromMs),
    measured(stage, 'partitions owned', async () => (await keys.orphans(await executorsOf(stage))) === 0, fromMs),
    measured(stage, 'a scheduler leads', async () => (await keys.leader()) !== null, fromMs),
  ]);
}

async function isShown(client: Stage['client'], name: string): Promise<boolean> {
  const { outcome, body } = await client.read(`/executions/search?size=1&labels=call:${name}`);
  const [row] = (body.results ?? []) as { readonly state: { readonly current: string } }[];
  return outcome === 'acknowledged' && row?.state.current === 'SUCCESS';
}
