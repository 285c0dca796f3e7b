/** F5: a task that kills its worker fails after three losses, alone: from the second on it runs in a process of its own. */
import type { Phase, Stage } from './phase.ts';
import { until } from './waiting.ts';

const TASKS = 2;
const ENDED_MS = 60_000;
const FAILED = 'failed after three losses';
/** Each takes its worker with it once. */
const WORKERS_MAX = TASKS;

export const deadlyTasks: Phase = {
  id: 'F5',
  title: 'tasks that kill their worker',
  seconds: 35,
  sights: [FAILED],
  goals: [],
  run: async (stage) => {
    const { account, house, load } = stage;
    const workers = new Set(house.of('worker').map(({ pid }) => pid));
    const asked = await load.askMany(load.kind('deadly'), TASKS);
    account.injected += asked.length;
    await Promise.all(asked.map(({ id }) => failed(stage, id!)));
    for (const { pid } of house.of('worker')) workers.add(pid);
    const died = house.deaths.filter(({ pid, atMs }) => workers.has(pid) && atMs >= account.fromMs);
    if (died.length > WORKERS_MAX)
      account.broke('poison', `expected ${TASKS} deadly tasks to cost ${WORKERS_MAX} workers, got ${died.length}`);
  },
};

async function failed({ account, client }: Stage, id: string): Promise<void> {
  let told = '';
  const waitMs = await until(async () => {
    const { body } = await client.read(`/executions/${id}`);
    const state = (body.state as { current?: string } | undefined)?.current;
    told = JSON.stringify(body).slice(0, 2_000);
    return state !== undefined && !['CREATED', 'RUNNING'].includes(state);
  }, ENDED_MS);
  if (waitMs !== undefined && told.includes('lost 3 times')) account.saw(FAILED);
  else
    account.broke(
      'poison',
      `expected ${id} to fail after three losses within ${ENDED_MS} ms, got ${told.slice(0, 300)}`,
    );
}
