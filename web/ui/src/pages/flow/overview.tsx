/** What a flow does at a glance: its words, its graph, what it asks for, what starts it, and how it ran lately. */
import { lazy, Suspense } from 'react';
import { readGraph } from '../../api/flows.ts';
import type { FlowView } from '../../api.ts';
import { Link } from '../../parts/link.tsx';
import { paths } from '../../route.ts';
import { useAsk } from '../../use-ask.ts';
import { ExecutionTable } from '../executions/execution-table.tsx';

const FlowGraph = lazy(() => import('../../graph/flow-graph.tsx'));
const LATELY = 10;

export function Overview({ flow }: { readonly flow: FlowView }) {
  const { namespace, id, description, labels = [] } = flow;
  return (
    <>
      {description && <p className="description">{description}</p>}
      {labels.length > 0 && (
        <p className="facts">
          {labels.map(({ key, value }) => (
            <span key={key} className="label">
              {key}: {value}
            </span>
          ))}
        </p>
      )}
      <div className="columns">
        <div>
          <h2>What it does</h2>
          {!flow.exception && <GraphOf flow={flow} />}
        </div>
        <div>
          <h2>Lately</h2>
          <ExecutionTable
            filter={[
              ['namespace', namespace],
              ['flowId', id],
            ]}
            size={LATELY}
            empty={<p>It has not run yet. Press Run, and its executions appear here.</p>}
            more={paths.flow(namespace, id, { tab: 'executions' })}
            ofOneFlow
          />
          <Inputs flow={flow} />
          <Triggers flow={flow} />
        </div>
      </div>
    </>
  );
}

function GraphOf({ flow: { namespace, id, revision } }: { readonly flow: FlowView }) {
  const { value: graph, error } = useAsk(`graph ${namespace}/${id}/${revision}`, () => readGraph(namespace, id), {
    keep: true,
  });
  if (error) return <p className="empty">The graph cannot be drawn: {error}</p>;
  if (!graph) return <p className="loading">Loading…</p>;
  return (
    <Suspense fallback={<p className="loading">Loading…</p>}>
      <FlowGraph graph={graph} label={`Graph of ${id}`} />
    </Suspense>
  );
}

function Inputs({ flow: { inputs = [] } }: { readonly flow: FlowView }) {
  if (inputs.length === 0) return null;
  return (
    <>
      <h2>What it asks for</h2>
      <dl className="pairs">
        {inputs.map(({ id, type, description, displayName, required, defaults }) => (
          <div key={id}>
            <dt>{id}</dt>
            <dd>
              <span className="quiet">
                {type}
                {(required === false || defaults !== undefined) && ', optional'}
              </span>{' '}
              {description ?? displayName}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Triggers({ flow: { triggers = [] } }: { readonly flow: FlowView }) {
  if (triggers.length === 0) return null;
  return (
    <>
      <h2>What starts it</h2>
      <dl className="pairs">
        {triggers.map(({ id, type, disabled, ...rest }) => (
          <div key={id}>
            <dt>{id}</dt>
            <dd>
              <Link to={paths.plugin(type)}>{type.split('.').at(-1)}</Link>{' '}
              {typeof (rest as { cron?: unknown }).cron === 'string' && <code>{(rest as { cron: string }).cron}</code>}
              {disabled && <span className="warning"> disabled</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
