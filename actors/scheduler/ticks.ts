/**
 * What is due: the ticks of a trigger that start an execution now, by its rule for missed ones, and when it is due next.
 * Nothing here asks or writes anything.
 */

import type { Flow, FlowRef, Trigger } from '../../lib/model/flow.ts';
import { flowKey } from '../../lib/model/partition.ts';
import { lastTick, nextTick } from '../../lib/trigger/cron.ts';
import { type Schedule, scheduleOf } from '../../lib/trigger/schedule.ts';

/** A tick that is no older than this was not missed: the lead may have changed meanwhile. */
export const ON_TIME_MS = 10_000;

/** What the timetable keeps of a trigger, as JSON. */
export interface TriggerState {
  readonly flow: FlowRef;
  readonly source: string;
  readonly trigger: Trigger;
  readonly lastMs?: number;
  /** Why the last tick started nothing. */
  readonly problem?: string;
}

export interface Plan {
  readonly ticks: readonly number[];
  readonly nextMs?: number;
}

export const triggerUid = (flow: FlowRef | Flow, triggerId: string): string => `${flowKey(flow)}/${triggerId}`;

export const flowKeyOf = (uid: string): string => uid.slice(0, uid.lastIndexOf('/'));

/** At most `limit` ticks; where there are more, the next due time is in the past and the rest comes with it. */
export function planOf(
  schedule: Schedule,
  timezone: string,
  when: { readonly dueMs: number; readonly nowMs: number; readonly limit: number },
): Plan {
  const { cron, recovery } = schedule;
  const { dueMs, nowMs, limit } = when;
  const onTimeMs = nowMs - ON_TIME_MS;
  const skips = recovery !== 'ALL' && dueMs < onTimeMs;
  const ticks: number[] = [];
  let at: number | undefined = skips ? nextTick(cron, timezone, onTimeMs - 1) : dueMs;
  for (; at !== undefined && at <= nowMs && ticks.length < limit; at = nextTick(cron, timezone, at)) ticks.push(at);
  if (skips && recovery === 'LAST' && ticks.length === 0) ticks.push(lastTick(cron, timezone, nowMs) ?? dueMs);
  return at === undefined ? { ticks } : { ticks, nextMs: at };
}

/** When a trigger that was written or changed is due: as before where its times are the same, else from now on. */
export function dueOf(
  trigger: Trigger,
  timezone: string,
  before: { readonly state: TriggerState; readonly dueMs?: number } | undefined,
  moment: { readonly nowMs: number; readonly disabled: boolean },
): number | undefined {
  if (trigger.disabled || moment.disabled) return undefined;
  const schedule = scheduleOf(trigger);
  if (before?.dueMs !== undefined && timesOf(before.state.trigger) === timesOf(trigger)) return before.dueMs;
  return nextTick(schedule.cron, schedule.timezone ?? timezone, moment.nowMs);
}

function timesOf(trigger: Trigger): string {
  const { cron, timezone } = scheduleOf(trigger);
  return JSON.stringify([trigger.type, cron, timezone]);
}

/** `trigger.date`, `trigger.next`, `trigger.previous` of a tick. */
export function variablesOf({ cron }: Schedule, timezone: string, tickMs: number): Readonly<Record<string, string>> {
  const [next, previous] = [nextTick(cron, timezone, tickMs), lastTick(cron, timezone, tickMs - 1)];
  return {
    date: iso(tickMs),
    ...(next === undefined ? {} : { next: iso(next) }),
    ...(previous === undefined ? {} : { previous: iso(previous) }),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
