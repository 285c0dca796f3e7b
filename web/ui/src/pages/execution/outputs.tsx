/** The flow's own outputs, those of each task run that has some, and a console for expressions over all of them. */
import { useMemo } from 'react';
import type { ExecutionView, TaskRunView } from '../../api.ts';
import { isLive } from '../../parts/state.tsx';
import { nameOf } from '../../parts/task-rows.ts';
import { Console } from './console.tsx';
import { Values } from './values.tsx';

interface OutputsProps {
  readonly execution: ExecutionView;
  readonly chosen?: TaskRunView;
}

export function Outputs({ execution: { id, state, outputs = {}, taskRunList }, chosen }: OutputsProps) {
  const ofTasks = useMemo(() => outputsOf(taskRunList ?? []), [taskRunList]);
  const [hasOwn, hasTasks] = [outputs, ofTasks].map((values) => Object.keys(values).length > 0);
  const empty = isLive(state.current) ? 'No outputs yet. They appear as tasks end.' : 'This execution gave no outputs.';
  return (
    <div>
      {(hasOwn || !hasTasks) && (
        <>
          <h2>Outputs</h2>
          <Values executionId={id} values={outputs} empty={empty} />
        </>
      )}
      {hasTasks && (
        <>
          <h2>Outputs of tasks</h2>
          <Values executionId={id} values={ofTasks} empty={empty} />
        </>
      )}
      <h2>Try an expression</h2>
      <Console executionId={id} run={chosen} />
    </div>
  );
}

function outputsOf(runs: readonly TaskRunView[]): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const run of runs) {
    if (!run.outputs || Object.keys(run.outputs).length === 0) continue;
    // Iterations of nested loops may bear the same name.
    const name = nameOf(run);
    all[name in all ? `${name} ${run.id}` : name] = run.outputs;
  }
  return all;
}
