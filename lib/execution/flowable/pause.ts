/**
 * Pause: stands still until somebody resumes it, or for `pauseDuration` (older: `delay`), after which `behavior` says what
 * comes. Then its tasks run, one after the other. What `onResume` asks for is in `outputs.<id>.onResume`.
 */
import { durationMs } from '../../flow/duration.ts';
import type { Task } from '../../model/flow.ts';
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';
import { IN_SEQUENCE } from './sequential.ts';

export const BEHAVIORS = ['RESUME', 'WARN', 'FAIL', 'CANCEL'] as const;
export type PauseBehavior = (typeof BEHAVIORS)[number];

export const PAUSE: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.Pause',
    title: 'Pause until somebody resumes, or for some time',
    properties: {
      pauseDuration: { type: 'string', format: 'duration', description: 'How long; absent is until somebody resumes' },
      delay: { type: 'string', format: 'duration', description: 'The older name of pauseDuration' },
      behavior: { enum: BEHAVIORS, default: 'RESUME', description: 'What comes when pauseDuration is over' },
      onResume: { type: 'array', description: 'Inputs that are asked of whoever resumes' },
    },
    inputs: 'onResume',
    lists: [
      { name: 'onPause', shape: 'one' },
      { name: 'tasks', shape: 'list', main: true },
    ],
  }),
  ...IN_SEQUENCE,
  begin: (task, { render, nowMs }) => {
    const written = task.properties.pauseDuration ?? task.properties.delay;
    if (written === undefined) return { kind: 'pauses' };
    const text = String(render(written));
    const ms = durationMs(text);
    if (ms === undefined || ms < 0)
      throw new Error(`pauseDuration: expected an ISO-8601 duration such as PT30S, got ${text}`);
    return { kind: 'pauses', dueMs: nowMs + ms };
  },
};

export function behaviorOf(task: Task): PauseBehavior {
  const written = String(task.properties.behavior ?? 'RESUME').toUpperCase();
  return BEHAVIORS.find((each) => each === written) ?? 'RESUME';
}
