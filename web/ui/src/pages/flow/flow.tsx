/** A flow: what it does, its executions, its source to edit, its revisions; and the button that runs it. */
import { lazy, Suspense } from 'react';
import { readExecution } from '../../api/executions.ts';
import { readFlow } from '../../api/flows.ts';
import type { ExecutionView, FlowView } from '../../api.ts';
import { go, useTitle } from '../../navigation.ts';
import { NotHere } from '../../parts/not-here.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { FLOW_TABS, type FlowTab, paths } from '../../route.ts';
import { RunDialog } from '../../run/run-dialog.tsx';
import { useAsk } from '../../use-ask.ts';
import { ExecutionTable } from '../executions/execution-table.tsx';
import { Overview } from './overview.tsx';

const Editor = lazy(() => import('../../editor/flow-editor.tsx'));
const Revisions = lazy(() => import('./revisions.tsx'));

interface FlowPageProps {
  readonly namespace: string;
  readonly id: string;
  readonly tab: FlowTab;
  readonly runs?: boolean;
  /** The execution whose inputs the form begins with. */
  readonly inputsOf?: string;
}

const TAB_TEXTS: Readonly<Record<FlowTab, string>> = {
  overview: 'Overview',
  edit: 'Edit',
  revisions: 'Revisions',
  executions: 'Executions',
};
const FRESH_MS = 5_000;

export function FlowPage({ namespace, id, tab, runs, inputsOf }: FlowPageProps) {
  const {
    value: flow,
    error,
    refused,
    again,
  } = useAsk(`${namespace}/${id}`, () => readFlow(namespace, id), { everyMs: FRESH_MS });
  useTitle(id);
  if (refused && !flow) return <NotHere title="This flow is not here" text={error!} />;
  if (!flow) return error ? <p className="error">{error}</p> : <p className="loading">Loading…</p>;
  const at = (next: FlowTab) => paths.flow(namespace, id, { tab: next });
  const tabs = FLOW_TABS.map((name) => ({ name, text: TAB_TEXTS[name], to: at(name) }));
  return (
    <section>
      <div className="title">
        <h1>
          <span className="quiet">{namespace}.</span>
          {id}
        </h1>
        <span className="quiet">revision {flow.revision}</span>
        {flow.disabled && <span className="warning">disabled</span>}
        <span className="space" />
        <button
          type="button"
          className="main"
          disabled={flow.exception !== undefined || flow.disabled}
          title={whyNot(flow)}
          onClick={() => go(paths.flow(namespace, id, { tab, runs: true }))}
        >
          Run
        </button>
      </div>
      {flow.exception && <p className="error">It cannot run, its source is not valid: {flow.exception}</p>}
      <Tabs tabs={tabs} here={tab} label="Parts of the flow" />
      <Suspense fallback={<p className="loading">Loading…</p>}>
        <TabContent flow={flow} tab={tab} onSaved={again} />
      </Suspense>
      {runs && !flow.exception && <RunOf flow={flow} inputsOf={inputsOf} onClose={() => go(at(tab), true)} />}
    </section>
  );
}

function whyNot({ exception, disabled }: FlowView): string | undefined {
  if (exception !== undefined) return 'Its source is not valid: mend it under Edit';
  return disabled ? 'It is disabled: its source says so' : undefined;
}

interface TabContentProps {
  readonly flow: FlowView;
  readonly tab: FlowTab;
  readonly onSaved: () => void;
}

function TabContent({ flow, tab, onSaved }: TabContentProps) {
  const { namespace, id } = flow;
  switch (tab) {
    case 'overview':
      return <Overview flow={flow} />;
    case 'edit':
      return <Editor flow={flow} onSaved={onSaved} />;
    case 'revisions':
      return <Revisions flow={flow} onSaved={onSaved} />;
    case 'executions':
      return <ExecutionsOf namespace={namespace} id={id} />;
  }
}

/** The list has filters of its own: who wants them goes there. */
function ExecutionsOf({ namespace, id }: { readonly namespace: string; readonly id: string }) {
  return (
    <ExecutionTable
      filter={[
        ['namespace', namespace],
        ['flowId', id],
      ]}
      empty={<p>It has not run yet. Its executions appear here.</p>}
      more={paths.listOf({ namespace, flowId: id })}
      ofOneFlow
    />
  );
}

interface RunOfProps {
  readonly flow: FlowView;
  readonly inputsOf?: string;
  readonly onClose: () => void;
}

function RunOf({ flow, inputsOf, onClose }: RunOfProps) {
  const before = useAsk<ExecutionView | undefined>(`inputs of ${inputsOf}`, async () =>
    inputsOf === undefined ? undefined : readExecution(inputsOf),
  );
  // The form takes its first values from it: it must be there before, or be known to be away.
  const ready = inputsOf === undefined || before.value !== undefined || before.refused !== undefined;
  return ready && <RunDialog flow={flow} given={before.value?.inputs} onClose={onClose} />;
}
