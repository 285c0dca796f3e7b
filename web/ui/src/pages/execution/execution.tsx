/**
 * An execution, live: what state it is in and why, its task runs over time or as a graph, its log, its outputs and inputs. A task
 * run that is chosen stands in the address, and narrows the log to itself and what is below it.
 */
import { lazy, Suspense, useMemo } from 'react';
import type { TaskRunView } from '../../api.ts';
import { go, useTitle } from '../../navigation.ts';
import { NotHere } from '../../parts/not-here.tsx';
import { Segments } from '../../parts/segments.tsx';
import { nameOf } from '../../parts/task-rows.ts';
import { type ExecutionViewName, paths } from '../../route.ts';
import { ChosenRun } from './chosen-run.tsx';
import { ExecutionHead } from './execution-head.tsx';
import { Gantt } from './gantt.tsx';
import { LogList } from './log-list.tsx';
import { Outputs } from './outputs.tsx';
import { Relatives } from './relatives.tsx';
import { useLife } from './use-revival.ts';
import { Values } from './values.tsx';

const Topology = lazy(() => import('../../graph/execution-topology.tsx'));

interface ExecutionPageProps {
  readonly id: string;
  readonly taskRunId?: string;
  readonly view: ExecutionViewName;
}

export function ExecutionPage({ id, taskRunId, view }: ExecutionPageProps) {
  const { value: execution, connection, error, life, anew } = useLife(id);
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
  const choose = (run: string | undefined) => go(paths.execution(id, run, view), true);
  return (
    <section className="execution">
      <ExecutionHead execution={execution} connection={connection} chosen={chosenId} onAnew={anew} />
      <div className="heading">
        <h2>Task runs</h2>
        <Segments
          label="Task runs shown"
          choices={VIEWS}
          chosen={view}
          onChoose={(name) => go(paths.execution(id, taskRunId, name), true)}
        />
      </div>
      {view === 'gantt' ? (
        <Gantt execution={execution} chosen={taskRunId} onChoose={choose} />
      ) : (
        <Suspense fallback={<p className="loading">Loading…</p>}>
          <Topology execution={execution} chosen={taskRunId} onChoose={choose} />
        </Suspense>
      )}
      {chosen && <ChosenRun execution={execution} run={chosen} onAnew={anew} onClose={() => choose(undefined)} />}
      <h2>
        Log
        {chosen && (
          <button type="button" className="narrowed" onClick={() => choose(undefined)}>
            of {nameOf(chosen)} ✕
          </button>
        )}
      </h2>
      <LogList executionId={id} of={of} onChoose={choose} life={life} />
      <div className="columns">
        <Outputs execution={execution} chosen={chosen} />
        <div>
          <h2>Inputs</h2>
          <Values executionId={id} values={execution.inputs} empty="This execution was started without inputs." />
          <Relatives execution={execution} />
        </div>
      </div>
    </section>
  );
}

const VIEWS: readonly (readonly [name: ExecutionViewName, text: string])[] = [
  ['gantt', 'Over time'],
  ['topology', 'As a graph'],
];

/** The task run and all that stand below it: a list's order puts parents first. */
function withBelow(id: string, runs: readonly TaskRunView[]): ReadonlySet<string> {
  const inside = new Set([id]);
  for (const run of runs) if (run.parentTaskRunId !== undefined && inside.has(run.parentTaskRunId)) inside.add(run.id);
  return inside;
}
