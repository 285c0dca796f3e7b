/** SLAs: what an execution promises. A duration is judged by a timer, an assertion whenever a task of the flow's own list has ended. */

import type { Sla } from '../model/flow.ts';
import { isEnded } from '../model/state.ts';
import type { Draft } from './draft.ts';
import { holds } from './holds.ts';
import { reasonOf, renderIn } from './look.ts';

export interface Verdict {
  readonly state: 'FAILED' | 'CANCELLED';
  readonly reason: string;
}

/** Sets the timers of durations, from the execution's beginning. */
export function beginSla(draft: Draft): void {
  draft.flow.sla.forEach(({ type, durationMs }, n) => {
    if (type === 'MAX_DURATION') draft.setTimer('sla', String(n), draft.start.createdAtMs + durationMs!);
  });
}

/**
 * Judges the assertions. Undefined: the execution goes on. What an assertion names may not be there yet: it is held against
 * nobody before the end.
 */
export function judge(draft: Draft, atEnd: boolean): Verdict | undefined {
  let verdict: Verdict | undefined;
  draft.flow.sla.forEach((sla, n) => {
    if (sla.type !== 'EXECUTION_ASSERTION' || draft.head.missed?.includes(n)) return;
    try {
      if (!holds(renderIn(draft, sla.assert!))) verdict ??= miss(draft, n);
    } catch (error) {
      if (atEnd) draft.log('WARN', `the assertion of the SLA ${sla.id} cannot be judged: ${reasonOf(error)}`);
    }
  });
  return verdict;
}

/** The SLA is missed: its labels are set, and it says whether the execution goes on. */
export function miss(draft: Draft, n: number): Verdict | undefined {
  const sla = draft.flow.sla[n];
  if (!sla || draft.head.missed?.includes(n) || isEnded(draft.state)) return undefined;
  const reason = sentenceOf(sla);
  draft.head = {
    ...draft.head,
    missed: [...(draft.head.missed ?? []), n],
    labels: { ...draft.head.labels, ...sla.labels },
  };
  draft.log(sla.behavior === 'NONE' ? 'WARN' : 'ERROR', reason);
  switch (sla.behavior) {
    case 'FAIL':
      return { state: 'FAILED', reason };
    case 'CANCEL':
      return { state: 'CANCELLED', reason };
    case 'NONE':
      return undefined;
  }
}

const sentenceOf = ({ id, type, durationMs, assert }: Sla): string =>
  type === 'MAX_DURATION'
    ? `SLA ${id} missed: expected an end within ${durationMs} ms`
    : `SLA ${id} missed: expected ${assert} to hold`;
