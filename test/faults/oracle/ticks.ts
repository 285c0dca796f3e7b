/** One execution for each second in which a schedule was due, no more and no less. */
import type { Account } from '../phases/account.ts';
import type { Evidence, Judge } from './evidence.ts';

export interface Ticks {
  readonly flows: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

const SECOND_MS = 1_000;

export const judgeTicks: Judge = (evidence) =>
  evidence.ticks.flatMap(({ flows, fromMs, untilMs }) =>
    flows.flatMap((flow) => {
      const own = evidence.records.filter((record) => record.flow === flow);
      const byTick = Map.groupBy(own, ({ start }) => start.scheduleDateMs!);
      const faults: string[] = [];
      for (let atMs = fromMs; atMs < untilMs; atMs += SECOND_MS) {
        const count = byTick.get(atMs)?.length ?? 0;
        if (count !== 1) faults.push(`${flow}: ${count} executions of ${new Date(atMs).toISOString()}`);
      }
      for (const [atMs, all] of byTick)
        if (all.length > 1 && (atMs < fromMs || atMs >= untilMs))
          faults.push(`${flow}: ${all.length} executions of ${new Date(atMs).toISOString()}`);
      return faults;
    }),
  );

/** How late the ticks of a phase began, ms. */
export const latenessMs = ({ ticks, records }: Evidence, phase: Account): readonly number[] => {
  const own = ticks.filter(({ fromMs }) => fromMs >= phase.fromMs && fromMs <= phase.untilMs);
  const flows = new Set(own.flatMap((each) => each.flows));
  return records.flatMap(({ flow, start }) =>
    flows.has(flow) && start.scheduleDateMs !== undefined ? [start.createdAtMs - start.scheduleDateMs] : [],
  );
};
