/** Sequential: one task after the other. A flow's own tasks run as one. */
import { flowableEntry } from './entry.ts';
import type { Flowable, FlowableView } from './flowable.ts';

/** One after the other: of every flowable that does not say otherwise. */
export const IN_SEQUENCE: Pick<Flowable, 'inSequence' | 'next' | 'complete'> = {
  inSequence: true,
  *next({ tasks, scope }) {
    if (scope.live === 0 && scope.created < tasks.length) yield { task: tasks[scope.created]!, follows: true };
  },
  complete: ({ tasks, scope }: FlowableView) => scope.live === 0 && scope.created >= tasks.length,
};

export const SEQUENTIAL: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.Sequential',
    title: 'Run tasks one after the other',
  }),
  ...IN_SEQUENCE,
};
