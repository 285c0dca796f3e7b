/**
 * F6: the leading scheduler is killed and stopped, aimed at the moments after it took the lead and after it wrote down a tick,
 * while twenty schedules are due each second for a minute: one execution each, 1,200 in all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failpoint } from '../build/sites.ts';
import { NAMESPACE, sourceOf } from '../load/kinds.ts';
import type { Phase, Stage } from './phase.ts';
import { each, until } from './waiting.ts';

export const SCHEDULES = 20;
export const TICKS_S = 60;
const EVERY_MS = 6_000;
const BITE_MS = 3_000;
/** Longer than a lead. */
const STOP_MS = 6_500;
const LATE_MS = 60_000;
const SETTLED_MS = 3_000;
const MOVED = 'the lead moved';
const AIMS: readonly Failpoint[] = [
  { site: 'lead.after', act: 'stop', times: 1, ms: STOP_MS },
  { site: 'tick.after', act: 'kill', times: 1 },
  { site: 'lead.after', act: 'kill', times: 1 },
  { site: 'tick.after', act: 'stop', times: 1, ms: STOP_MS },
];

export const schedules: Phase = {
  id: 'F6',
  title: 'leaders killed and stopped',
  seconds: TICKS_S + 15,
  sights: [MOVED],
  goals: [{ recovery: 'ticks late', share: 1, ms: 7_000 }],
  run: async (stage) => {
    const { account, client, house, ledger, ticks } = stage;
    const prefix = `tick-${account.fromMs}-`;
    const flows = Array.from({ length: SCHEDULES }, (_, n) => `${prefix}${n}`);
    for (const name of flows) await client.save(tickSource(name, ledger.path));
    await sleep(2_000);
    const fromMs = Math.ceil(Date.now() / 1_000) * 1_000;
    await unsettle(stage);
    await sleep(Math.max(0, fromMs + TICKS_S * 1_000 - Date.now()));
    ticks.push({ flows, fromMs, untilMs: fromMs + TICKS_S * 1_000 });
    // The last ones may be late by a change of the lead. How late is judged by itself: a flow that is deleted has no ticks any more.
    await house.whole();
    const ticked = () => ledger.read().filter(({ what, flow }) => what === 'begin' && flow.startsWith(prefix)).length;
    await until(() => ticked() >= SCHEDULES * TICKS_S, LATE_MS);
    await sleep(SETTLED_MS);
    for (const name of flows) await client.remove(`/flows/${NAMESPACE}/${name}`);
  },
};

export const tickSource = (name: string, ledger: string): string =>
  sourceOf({
    name,
    tasks: [{ id: 'tick', type: 'faults.Work', ledger }],
    rest: {
      triggers: [
        {
          id: 'each-second',
          type: 'io.kestra.plugin.core.trigger.Schedule',
          cron: '* * * * * *',
          withSeconds: true,
        },
      ],
    },
  });

async function unsettle(stage: Stage): Promise<void> {
  const { account, house, keys } = stage;
  await each(EVERY_MS, TICKS_S * 1_000 - STOP_MS, async (n) => {
    const [leader, bites] = [await keys.leader(), house.bites.length];
    const aim = AIMS[n % AIMS.length]!;
    // Only who leads passes there.
    for (const resident of house.of('scheduler')) resident.arm(aim);
    const bitten = await until(() => house.bites.length > bites, BITE_MS);
    for (const resident of house.of('scheduler')) resident.arm({ ...aim, times: 0 });
    if (bitten === undefined) return;
    account.injected++;
    account.saw(`${aim.act} at ${aim.site}`);
    const next = await until(async () => {
      const now = await keys.leader();
      return now !== null && now !== leader;
    }, EVERY_MS);
    if (next === undefined) return;
    account.saw(MOVED);
    account.recovered('another one leads', Math.round(next));
  });
}
