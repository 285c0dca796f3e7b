/**
 * F21: five hundred executions are killed at once, most of them still in the queue, while workers die. Their owners are stopped
 * just before and woken a while after the kills are acknowledged: in between nothing but the gate keeps a worker from beginning.
 */
import type { Phase, Stage } from './phase.ts';
import { measured, until } from './waiting.ts';

const EXECUTIONS = 500;
const AT_ONCE = 100;
const QUEUED_MS = 30_000;
const OWNERS_STOP_MS = 4_000;
const KILLED = 'kills acknowledged';
const REFUSED = 'claims refused as killed';

export const bulkKilled: Phase = {
  id: 'F21',
  title: 'bulk kill while workers die',
  seconds: 45,
  sights: [KILLED, REFUSED],
  goals: [{ recovery: 'all killed', share: 1, ms: 10_000 }],
  run: async (stage) => {
    const { account, deeds, load } = stage;
    const ids: string[] = [];
    while (ids.length < EXECUTIONS) {
      const asked = await load.askMany(load.kind('doomed-later'), AT_ONCE);
      ids.push(...asked.flatMap(({ id }) => id ?? []));
    }
    await until(async () => (await aliveOf(stage, ids)).every((state) => state === 'RUNNING'), QUEUED_MS);
    await killAll(stage, ids);
    account.saw(REFUSED, deeds.answered('claim', 'killing', account.fromMs));
  },
};

async function killAll(stage: Stage, ids: readonly string[]): Promise<void> {
  const { account, client, house } = stage;
  account.injected++;
  const stopped = house.of('executor').map((executor) => house.pause(executor, OWNERS_STOP_MS));
  // One of two: the other one takes what is next as soon as it has ended what is killed.
  const death = house.kill(house.of('worker')[0]!);
  const fromMs = performance.now();
  await Promise.all(
    Array.from({ length: EXECUTIONS / AT_ONCE }, (_, n) =>
      client.killMany(ids.slice(n * AT_ONCE, (n + 1) * AT_ONCE), 'doomed-later'),
    ),
  );
  account.saw(KILLED, ids.length);
  await Promise.all([...stopped, death]);
  await measured(
    stage,
    'all killed',
    async () => (await aliveOf(stage, ids)).every((state) => state === 'KILLED'),
    fromMs,
  );
}

/** Their states as the page shows them. */
async function aliveOf({ client }: Stage, ids: readonly string[]): Promise<readonly string[]> {
  const { body } = await client.read(`/executions/search?namespace=faults&flowId=doomed-later&size=${ids.length}`);
  const rows = (body.results ?? []) as readonly { readonly id: string; readonly state: { readonly current: string } }[];
  const states = new Map(rows.map(({ id, state }) => [id, state.current]));
  return ids.map((id) => states.get(id) ?? 'UNKNOWN');
}
