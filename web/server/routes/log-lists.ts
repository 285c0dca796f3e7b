/** Log lines of all executions searched, and lines deleted. */
import type { Bus } from '../../../lib/bus/bus.ts';
import { allPartitions, executionPartition } from '../../../lib/model/partition.ts';
import type { Repository } from '../../../lib/repository/repository.ts';
import { linesCaughtUp } from '../live/caught-up.ts';
import { lineBody } from '../views/line.ts';
import { pageBody } from './paging.ts';
import { levelsFrom, textOf, wholeOf } from './query.ts';
import type { Handlers } from './register.ts';
import { linesAsked } from './searches.ts';

export function logListHandlers({ bus, repository }: { readonly bus: Bus; readonly repository: Repository }) {
  const copied = { bus, repository };
  return {
    searchLogs: async (asked) => {
      const search = { ...(await linesAsked(asked.query, repository)), bounded: true };
      asked.json(pageBody(await repository.lines(search), lineBody));
    },
    // What has not been copied yet would come back: it is waited for.
    deleteLogs: async (asked) => {
      const executionId = asked.params.executionId!;
      const attempt = wholeOf(asked.query, 'attempt');
      const deletion = {
        executionId,
        taskRunId: textOf(asked.query, 'taskRunId'),
        taskId: textOf(asked.query, 'taskId'),
        attempt: attempt === undefined ? undefined : attempt + 1,
        levels: levelsFrom(asked.query, 'minLevel'),
      };
      await linesCaughtUp(copied, [executionPartition(executionId, bus.partitions)]);
      asked.json({ count: await repository.deleteLines(deletion) });
    },
    deleteLogsOfFlow: async (asked) => {
      const { namespace, flowId } = asked.params;
      await linesCaughtUp(copied, allPartitions('x', bus.partitions));
      // Lines of triggers are not kept yet: there are none of one that is named.
      const isOfTrigger = textOf(asked.query, 'triggerId') !== undefined;
      asked.json({ count: isOfTrigger ? 0 : await repository.deleteLines({ namespace: namespace!, flowId: flowId! }) });
    },
  } satisfies Partial<Handlers>;
}
