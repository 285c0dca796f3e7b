/**
 * Following the states of an execution and of all that it has set going, over SSE: those that share its correlation. The
 * repository is asked for them again and again, since new ones may come at any moment.
 */
import { systemClock } from '../../../lib/clock.ts';
import type { Execution } from '../../../lib/model/execution.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import { isEnded, stateOf } from '../../../lib/model/state.ts';
import type { Repository } from '../../../lib/repository/repository.ts';
import type { EventStream, SseEvent } from '../sse.ts';
import { stateBody } from '../views/execution.ts';
import type { Executions, Snapshot } from './executions.ts';
import { CORRELATION_LABEL } from './given-labels.ts';
import { isOver } from './live.ts';

const LOOK_MS = 500;
const FOLLOWED_MAX = 500;
/** What an execution has set going at its end is in the repository by then. */
const QUIET_LOOKS = 3;

type Found = Pick<Execution, 'id' | 'flow' | 'history'>;

export async function followDependencies(
  { executions, repository }: { readonly executions: Executions; readonly repository: Repository },
  id: string,
  open: () => EventStream,
): Promise<void> {
  const { head } = await executions.read(id);
  const correlation = head.labels[CORRELATION_LABEL] ?? id;
  const stream = open();
  const told = new Map<string, string>();
  stream.send([{ id: 'start', event: 'start', data: '{}' }]);
  for (let quiet = 0; !stream.signal.aborted && quiet < QUIET_LOOKS; await systemClock.sleep(LOOK_MS, stream.signal)) {
    const own = foundIn(await executions.read(id));
    const { rows } = await repository.searchExecutions({
      tenant: TENANT,
      labels: { [CORRELATION_LABEL]: correlation },
      limit: FOLLOWED_MAX,
      uncounted: true,
    });
    const all = [own.found, ...rows.filter((row) => row.id !== id)];
    const events = all.flatMap((each) => eventOf(each, told));
    stream.send(events);
    await stream.drained();
    const isQuiet = events.length === 0 && own.isOver && all.every(({ history }) => isEnded(stateOf(history)));
    quiet = isQuiet ? quiet + 1 : 0;
  }
  stream.send([{ id: 'end-all', event: 'end', data: '{}' }]);
  stream.close();
}

const foundIn = (snapshot: Snapshot): { readonly found: Found; readonly isOver: boolean } => ({
  found: { id: snapshot.start.id, flow: snapshot.start.flow, history: snapshot.head.history },
  isOver: isOver(snapshot),
});

/** One for each change of state. */
function eventOf({ id, flow, history }: Found, told: Map<string, string>): readonly SseEvent[] {
  const state = stateOf(history);
  if (told.get(id) === state) return [];
  told.set(id, state);
  const name = isEnded(state) ? 'end' : 'progress';
  const body = {
    executionId: id,
    tenantId: flow.tenant,
    namespace: flow.namespace,
    flowId: flow.id,
    state: stateBody(history),
  };
  return [{ id: name, event: 'progress', data: JSON.stringify(body) }];
}
