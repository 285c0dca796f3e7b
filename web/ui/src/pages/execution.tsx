/**
 * An execution, live: what state it is in and why, its task runs over time, its log, its outputs and inputs. A task run that
 * is chosen stands in the address, and narrows the log to itself and what is below it.
 */
import { useMemo } from 'react';
import type { ExecutionView, TaskRunView } from '../api.ts';
import { ChosenRun } from '../parts/chosen-run.tsx';
import { ExecutionHead } from '../parts/execution-head.tsx';
import { Gantt } from '../parts/gantt.tsx';
import { LogList } from '../parts/log-list.tsx';
import { NotHere } from '../parts/not-here.tsx';
import { Values } from '../parts/outputs.tsx';
import { isLive } from '../parts/state.tsx';
import { nameOf } from '../parts/task-rows.ts';
import { go, paths, useTitle } from '../route.ts';
import { useExecution } from '../use-follow.ts';

export function ExecutionPage({ id, taskRunId }: { readonly id: string; readonly taskRunId?: string }) {
  const { value: execution, connection, error } = useExecution(id);
  const runs = execution?.taskRunList;
  const chosen = runs?.find((run) => run.id === taskRunId);
  const chosenId = chosen?.id;
  const of = useMemo(() => (chosenId === undefined || !runs ? undefined : withBelow(chosenId, runs)), [chosenId, runs]);
  useTitle(execution ? `${execution.state.current} ${execution.flowId}` : 'Execution');
  if (error && !execution) return <NotHere title="This execution is not here" text={error} />;
  if (!execution)
    return (
      <p className="loading">{connection === 'lost' ? 'The server does not answer; trying again…' : 'Loading…'}</p>
    );
  const choose = (run: string | undefined) => go(paths.execution(id, run), true);
  return (
    <section className="execution">
      <ExecutionHead execution={execution} connection={connection} />
      <h2>Task runs</h2>
      <Gantt execution={execution} chosen={taskRunId} onChoose={choose} />
      {chosen && <ChosenRun executionId={id} run={chosen} onClose={() => choose(undefined)} />}
      <h2>
        Log
        {chosen && (
          <button type="button" className="narrowed" onClick={() => choose(undefined)}>
            of {nameOf(chosen)} ✕
          </button>
        )}
      </h2>
      <LogList executionId={id} of={of} onChoose={choose} />
      <div className="columns">
        <Outputs execution={execution} />
        <div>
          <h2>Inputs</h2>
          <Values executionId={id} values={execution.inputs} empty="This execution was started without inputs." />
        </div>
      </div>
    </section>
  );
}

/** The task run and all that stand below it: a list's order puts parents first. */
function withBelow(id: string, runs: readonly TaskRunView[]): ReadonlySet<string> {
  const inside = new Set([id]);
  for (const run of runs) if (run.parentTaskRunId !== undefined && inside.has(run.parentTaskRunId)) inside.add(run.id);
  return inside;
}

/** The flow's own outputs, then those of each task run that has some. */
function Outputs({ execution: { id, state, outputs = {}, taskRunList } }: { readonly execution: ExecutionView }) {
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
