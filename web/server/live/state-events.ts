/**
 * What a reader of an execution is sent: all of it once, in pieces where it is large, and then only what has changed, gathered
 * for as long as the reader takes what it has. The other half is `web/api/following.ts`.
 */
import type { TaskRun } from '../../../lib/model/execution.ts';
import type { ExecutionBody, ExecutionChangeBody } from '../../api/bodies.ts';
import { executionBody, taskRunBody } from '../views/execution.ts';
import type { Change, Snapshot } from './executions.ts';
import type { ChangeListener } from './live.ts';

/** Of one event: a hundred kilobytes, as a rule. So much waits for a reader that does not keep up, and no more. */
const TASK_RUNS_AT_ONCE = 200;

export interface StateEvent {
  readonly event: 'progress' | 'change';
  readonly data: ExecutionBody | ExecutionChangeBody;
}

export class StateEvents implements ChangeListener {
  #whole: Snapshot | undefined;
  #head = false;
  readonly #taskRuns = new Map<string, TaskRun>();
  readonly #gone = new Set<string>();

  onWhole(snapshot: Snapshot): void {
    this.#whole = snapshot;
  }

  onChange({ head, taskRuns, gone }: Change): void {
    this.#head ||= head;
    for (const id of gone) {
      this.#taskRuns.delete(id);
      this.#gone.add(id);
    }
    for (const taskRun of taskRuns) this.#taskRuns.set(taskRun.id, taskRun);
  }

  /** What has not been given yet. What changes while it is read is given the next time. */
  *take({ start, head }: Snapshot): Generator<StateEvent> {
    const whole = this.#whole;
    const gone = whole ? [] : [...this.#gone];
    const taskRuns = whole ? whole.taskRuns : inOrder(this.#taskRuns.values());
    const hasHead = this.#head;
    this.#whole = undefined;
    this.#head = false;
    this.#taskRuns.clear();
    this.#gone.clear();
    if (!whole && !hasHead && taskRuns.length + gone.length === 0) return;
    for (let from = 0, first = true; first || from < taskRuns.length; from += TASK_RUNS_AT_ONCE, first = false) {
      const some = taskRuns.slice(from, from + TASK_RUNS_AT_ONCE);
      const more = from + some.length < taskRuns.length ? { more: true as const } : {};
      if (whole && first) yield { event: 'progress', data: { ...executionBody(start, head, some), ...more } };
      else
        yield {
          event: 'change',
          data: {
            ...(first && hasHead ? { execution: executionBody(start, head) } : {}),
            taskRuns: some.map((taskRun) => taskRunBody(start, taskRun)),
            ...(first && gone.length > 0 ? { gone } : {}),
            ...more,
          },
        };
    }
  }
}

const inOrder = (taskRuns: Iterable<TaskRun>): readonly TaskRun[] => [...taskRuns].sort((a, b) => a.index - b.index);
