/** `listeners`, deprecated: tasks that run at the end of an execution if their conditions hold. */
import type { Catalogue } from '../model/catalogue.ts';
import type { Listener } from '../model/flow.ts';
import { readConditions } from './condition.ts';
import { LISTENER, namesOf } from './language.ts';
import type { MapReader } from './reader.ts';
import type { TaskReader } from './task.ts';

const PROPERTIES = namesOf(LISTENER);

export function readListeners(flow: MapReader, tasks: TaskReader, catalogue: Catalogue): readonly Listener[] {
  if (flow.has('listeners'))
    flow.problems.warning(flow.at('listeners'), 'listeners are deprecated: use afterExecution');
  return flow.maps('listeners', 'a listener with tasks').map((reader) => {
    reader.only(PROPERTIES, { title: 'a listener', javaClass: 'io.kestra.core.models.listeners.Listener' });
    return {
      tasks: tasks.list(reader, 'tasks', { parents: [], needed: true }),
      conditions: readConditions(reader, catalogue),
    };
  });
}
