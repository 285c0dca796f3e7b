/** F21: five hundred executions are killed at once, most of them still in the queue, while workers die. */
import type { Phase, Stage } from './phase.ts';
import { measured, until } from './waiting.ts';

const EXECUTIONS = 500;
const AT_ONCE = 100;
const QUEUED_MS = 30_000;
const KILLED = 'kills acknowledged';

export const bulkKilled: Phase = {
  id: 'F21',
  title: 'bulk kill while workers die',
  seconds: 45,
  sights: [KILLED],
  goals: [{ recovery: 'all killed', share: 1, ms: 10_000 }],
  run: async (stage) => {
    const { account, client, house, load } = stage;
    const ids: string[] = [];
    while (ids.length < EXECUTIONS) {
      const asked = await load.askMany(load.kind('doomed-later'), AT_ONCE);
      ids.push(...asked.flatMap(({ id }) => id ?? []));
    }
    await until(async () => (await aliveOf(stage, ids)).every((state) => state === 'RUNNING'), QUEUED_MS);
    account.injected++;
    const fromMs = performance.now();
    const deaths = house.of('worker').map((worker) => house.kill(worker));
    await Promise.all(
      Array.from({ length: EXECUTIONS / AT_ONCE }, (_, n) =>
        client.killMany(ids.slice(n * AT_ONCE, (n + 1) * AT_ONCE), 'doomed-later'),
      ),
    );
    await Promise.all(deaths);
    account.saw(KILLED, ids.length);
    await measured(
      stage,
      'all killed',
      async () => (await aliveOf(stage, ids)).every((state) => state === 'KILLED'),
      fromMs,
    );
  },
};

/** Their states as the page shows them. */
async function aliveOf({ client }: Stage, ids: readonly string[]): Promise<readonly string[]> {
  const { body } = await client.read(`/executions/search?namespace=faults&flowId=doomed-later&size=${ids.length}`);
  const rows = (body.results ?? []) as readonly { readonly id: string; readonly state: { readonly current: string } }[];
  const states = new Map(rows.map(({ id, state }) => [id, state.current]));
  return ids.map((id) => states.get(id) ?? 'UNKNOWN');
}
