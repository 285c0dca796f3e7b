/** The list of flows, each with its last execution. What narrows it stands in the address. */
import { useState } from 'react';
import { type LastExecution, lastOf, searchFlows, zipLink } from '../../api/flows.ts';
import type { FlowView, PageOf } from '../../api.ts';
import { go, useTitle } from '../../navigation.ts';
import { FlowLink } from '../../parts/flow-name.tsx';
import { Link } from '../../parts/link.tsx';
import { Menu } from '../../parts/menu.tsx';
import { NamespaceSelect } from '../../parts/namespace-select.tsx';
import { NoFlowYet } from '../../parts/no-flow-yet.tsx';
import { Pager } from '../../parts/pager.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { StateBadge } from '../../parts/state.tsx';
import { paths } from '../../route.ts';
import { dateText, shortDateText } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { ImportDialog } from './import-dialog.tsx';

const SIZE = 50;
const FRESH_MS = 5_000;
const TOTAL_MAX = 10_000;

interface FlowsPageProps {
  readonly text: string;
  readonly namespace: string;
  readonly number: number;
}

export function FlowsPage(view: FlowsPageProps) {
  useTitle('Flows');
  const { text, number, namespace } = view;
  const [imports, setImports] = useState(false);
  const filter = new URLSearchParams({ ...(text && { q: text }), ...(namespace && { namespace }) });
  const query = new URLSearchParams([['size', String(SIZE)], ['page', String(number)], ...filter]);
  const { value, error, again } = useAsk(query.toString(), () => searchFlows(query), { everyMs: FRESH_MS, keep: true });
  const narrow = (change: Partial<FlowsPageProps>) => go(paths.flowsOf({ ...view, number: 1, ...change }), true);
  return (
    <section>
      <div className="title">
        <h1>Flows</h1>
        <span className="space" />
        <SearchField
          text={text}
          label="Search flows"
          placeholder="Search name or source"
          onSearch={(text) => narrow({ text })}
        />
        <NamespaceSelect namespace={namespace} onChange={(chosen) => narrow({ namespace: chosen })} />
        <Menu
          label="More ▾"
          name="More actions"
          items={[
            { text: 'Import…', act: () => setImports(true) },
            { text: 'Export as zip', act: () => location.assign(zipLink(filter)) },
          ]}
        />
        <Link to={paths.newFlow} className="button main">
          New flow
        </Link>
      </div>
      {imports && <ImportDialog onDone={again} onClose={() => setImports(false)} />}
      {error && <p className="error">{error}</p>}
      {!value && !error && <p className="loading">Loading…</p>}
      {value?.total === 0 && (
        <div className="empty">{text || namespace ? <NoneFits {...{ text, namespace }} /> : <NoFlowYet />}</div>
      )}
      {value && value.total > 0 && (
        <>
          <FlowTable flows={value} />
          <Pager
            total={value.total}
            totalMax={TOTAL_MAX}
            size={SIZE}
            number={number}
            noun={['flow', 'flows']}
            words={['Before', 'Next']}
            onTurn={(turned) => go(paths.flowsOf({ ...view, number: turned }))}
          />
        </>
      )}
    </section>
  );
}

function FlowTable({ flows: { results } }: { readonly flows: PageOf<FlowView> }) {
  const names = results.map(({ namespace, id }) => `${namespace}/${id}`);
  const { value = [] } = useAsk(`last ${names.join()}`, () => lastOf(results), { everyMs: FRESH_MS, keep: true });
  const last = new Map(value.map((each) => [`${each.namespace}/${each.flowId}`, each]));
  return (
    <table className="flows">
      <thead>
        <tr>
          <th>Flow</th>
          <th className="about">Description</th>
          <th className="last">Last execution</th>
          <th className="revision">Revision</th>
        </tr>
      </thead>
      <tbody>
        {results.map(({ namespace, id, description, revision, exception, disabled }) => (
          <tr key={`${namespace}/${id}`}>
            <td>
              <FlowLink namespace={namespace} id={id} />
            </td>
            <td className="cut about" title={description}>
              {exception && <span className="warning">cannot run: its source is not valid </span>}
              {disabled && <span className="warning">disabled </span>}
              {description}
            </td>
            <td>
              <Last of={last.get(`${namespace}/${id}`)} />
            </td>
            <td className="revision">{revision}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Last({ of }: { readonly of?: LastExecution }) {
  if (!of) return <span className="quiet">never</span>;
  return (
    <Link to={paths.execution(of.id)} title={dateText(of.startDate)} className="last-link">
      <StateBadge state={of.status} /> <span className="quiet">{shortDateText(of.startDate, Date.now())}</span>
    </Link>
  );
}

function NoneFits({ text, namespace }: { readonly text: string; readonly namespace: string }) {
  return (
    <p>
      No flow {namespace && <>of {namespace} </>}fits{text && <> “{text}”</>}. <Link to={paths.flows}>Show all</Link>
    </p>
  );
}
