/** What a graph is shown with, as a picture or as a list. */
import type { GraphView } from '../api/flows.ts';
import type { TaskState } from './states.ts';

export interface ShownGraph {
  readonly graph: GraphView;
  /** By task id. */
  readonly states?: ReadonlyMap<string, TaskState>;
  /** Id of the task that is looked at. */
  readonly chosen?: string;
  readonly onChoose?: (taskId: string) => void;
  readonly label: string;
}
