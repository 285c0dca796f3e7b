/** Starts what is due: new due times and the starts of the ticks go into the timetable in one commit. */

import type { TriggerRecord } from '../../lib/bus/timetable.ts';
import { textOf } from '../../lib/errors.ts';
import { aboutFlow } from '../../lib/log.ts';
import { scheduleOf } from '../../lib/trigger/schedule.ts';
import type { Flows } from './flows.ts';
import { type Parcel, parcelOf } from './starts.ts';
import type { Term } from './term.ts';
import { planOf, type TriggerState } from './ticks.ts';

const TRIGGERS_AT_ONCE = 100;
const TICKS_AT_ONCE = 20;
/** The mailboxes are full: no more starts before these are taken. */
const UNSENT_MAX = 2_000;
const COMMIT_CHARS_MAX = 4_000_000;

type Named = readonly [name: string, parcel: Parcel];

/** As long as `hasTime`; false: the lead is lost. */
export async function startDue(flows: Flows, term: Term, hasTime: () => boolean): Promise<boolean> {
  do {
    if (term.outbox.unsent > UNSENT_MAX) return true;
    const { nowMs, triggers } = await flows.bus.timetable.due(TRIGGERS_AT_ONCE);
    if (triggers.length === 0) return true;
    const records: TriggerRecord[] = [];
    const parcels: Named[] = [];
    let chars = 0;
    for (const record of triggers) {
      if (chars > COMMIT_CHARS_MAX) break;
      const fired = fire(flows, record, nowMs);
      records.push(fired.record);
      parcels.push(...fired.parcels);
      chars += record.state.length * (1 + fired.parcels.length);
    }
    if (!(await term.commit({ triggers: records, parcels }))) return false;
  } while (hasTime());
  return true;
}

function fire(
  flows: Flows,
  record: TriggerRecord,
  nowMs: number,
): { readonly record: TriggerRecord; readonly parcels: readonly Named[] } {
  const { uid } = record;
  const { problem: _, ...state } = JSON.parse(record.state) as TriggerState;
  try {
    const schedule = scheduleOf(state.trigger);
    const plan = planOf(schedule, schedule.timezone ?? flows.timezone, {
      dueMs: record.dueMs!,
      nowMs,
      limit: TICKS_AT_ONCE,
    });
    const { parcels, problem } = parcelsOf(flows, state, plan.ticks, nowMs);
    if (problem !== undefined)
      flows.log.warn({ ...aboutFlow(uid), reason: problem }, 'a trigger cannot start its flow');
    const lastMs = plan.ticks.at(-1) ?? state.lastMs;
    const after: TriggerState = {
      ...state,
      ...(lastMs === undefined ? {} : { lastMs }),
      ...(problem === undefined ? {} : { problem }),
    };
    return {
      record: { uid, state: JSON.stringify(after), ...(plan.nextMs === undefined ? {} : { dueMs: plan.nextMs }) },
      parcels,
    };
  } catch (error) {
    // It would throw at each tick: it waits for the next revision of its flow.
    flows.log.error({ ...aboutFlow(uid), err: error }, 'a trigger is given up');
    return { record: { uid, state: JSON.stringify({ ...state, problem: textOf(error) }) }, parcels: [] };
  }
}

function parcelsOf(
  flows: Flows,
  state: TriggerState,
  ticks: readonly number[],
  nowMs: number,
): { readonly parcels: readonly Named[]; readonly problem?: string } {
  const { flow, text, problem } = flows.definitions.read(state.flow.tenant, state.source);
  if (!flow) return { parcels: [], problem };
  const { timezone, cipher, secrets, installation } = flows;
  const parcels: Named[] = [];
  try {
    for (const atMs of ticks)
      parcels.push(parcelOf(state, { flow, text }, { atMs, nowMs, timezone, cipher, secrets, installation }));
    return { parcels };
  } catch (error) {
    return { parcels, problem: textOf(error) };
  }
}
