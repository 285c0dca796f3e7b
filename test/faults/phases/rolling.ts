/** F17: every server is replaced, one after the other, under load: a new one comes, the old one is told to end. Twice. */
import { takenFromTheLiving } from '../oracle/sight.ts';
import { type Resident, ROLES } from '../rig/house.ts';
import type { Phase, Stage } from './phase.ts';

const ROUNDS = 2;
const EXIT_MS = 11_000;
const REPLACED = 'servers replaced';

export const rolling: Phase = {
  id: 'F17',
  title: 'rolling restart',
  seconds: 60,
  sights: [REPLACED],
  judge: takenFromTheLiving,
  goals: [{ recovery: 'exit after SIGTERM', share: 1, ms: 10_000 }],
  run: async (stage) => {
    const { account, history } = stage;
    const calls = history.calls.length;
    for (let round = 0; round < ROUNDS; round++)
      for (const role of ROLES) for (const old of stage.house.of(role)) await replace(stage, old);
    for (const { what, name, status, said } of history.calls.slice(calls))
      if (status === 0 || (status >= 500 && status !== 503))
        account.broke('handed over', `${what} ${name} was lost in a rolling restart: ${status} ${said}`);
  },
};

async function replace({ account, house }: Stage, old: Resident): Promise<void> {
  await house.add(old.role);
  const { ms, end } = await house.retire(old);
  account.injected++;
  account.saw(REPLACED);
  account.recovered('exit after SIGTERM', Math.round(ms));
  if (end !== 0) account.broke('processes', `${old.role} ${old.number} ended with ${end} after SIGTERM`);
  if (ms > EXIT_MS) account.broke('processes', `${old.role} ${old.number} took ${Math.round(ms)} ms to end`);
}
