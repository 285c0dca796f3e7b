/** A flow: its inputs with a button that runs it, its executions, its source. */
import { useState } from 'react';
import { type ExecutionView, readExecution, readFlow } from '../api.ts';
import { ExecutionTable } from '../parts/execution-table.tsx';
import { NotHere } from '../parts/not-here.tsx';
import { RunForm } from '../parts/run-form.tsx';
import { useTitle } from '../route.ts';
import { useAsk } from '../use-ask.ts';

interface FlowPageProps {
  readonly namespace: string;
  readonly id: string;
  /** The execution whose inputs the form begins with. */
  readonly inputsOf?: string;
}

export function FlowPage({ namespace, id, inputsOf }: FlowPageProps) {
  const { value: flow, error, refused } = useAsk(`${namespace}/${id}`, () => readFlow(namespace, id));
  const before = useAsk<ExecutionView | undefined>(`inputs of ${inputsOf}`, async () =>
    inputsOf === undefined ? undefined : readExecution(inputsOf),
  );
  const [number, setNumber] = useState(1);
  useTitle(id);
  if (refused) return <NotHere title="This flow is not here" text={error!} />;
  if (!flow) return error ? <p className="error">{error}</p> : <p className="loading">Loading…</p>;
  // The form takes its first values from it: it must be there before, or be known to be away.
  const ready = inputsOf === undefined || before.value !== undefined || before.refused === true;
  return (
    <section>
      <div className="title">
        <h1>
          <span className="quiet">{namespace}.</span>
          {id}
        </h1>
        <span className="quiet">revision {flow.revision}</span>
        {flow.disabled && <span className="warning">disabled</span>}
      </div>
      {flow.description && <p className="description">{flow.description}</p>}
      <div className="columns">
        <div>
          <h2>Run</h2>
          {flow.exception ? (
            <p className="error">It cannot run, its source is not valid: {flow.exception}</p>
          ) : (
            ready && <RunForm flow={flow} given={before.value?.inputs} />
          )}
          <h2>Executions</h2>
          <ExecutionTable
            filter={{ namespace, flowId: id }}
            number={number}
            onTurn={setNumber}
            empty={<p>It has not run yet. Its executions appear here.</p>}
            ofOneFlow
          />
        </div>
        <div>
          <h2>Source</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a person without a mouse scrolls it by the keys */}
          <pre className="source" tabIndex={0}>
            {flow.source}
          </pre>
        </div>
      </div>
    </section>
  );
}
