/** The list of flows. */
import { useState } from 'react';
import { type FlowView, type PageOf, searchFlows } from '../api.ts';
import { FlowName } from '../parts/flow-name.tsx';
import { Link } from '../parts/link.tsx';
import { Pager } from '../parts/pager.tsx';
import { paths, useTitle } from '../route.ts';
import { useAsk } from '../use-ask.ts';

const SIZE = 50;
const FRESH_MS = 5_000;
const TOTAL_MAX = 10_000;
const EXAMPLE = `id: hello
namespace: company.team
tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: Hello, world`;

export function FlowsPage() {
  useTitle('Flows');
  const [{ text, number }, setView] = useState({ text: '', number: 1 });
  const query = new URLSearchParams({ size: String(SIZE), page: String(number), ...(text && { q: text }) });
  const { value, error } = useAsk(query.toString(), () => searchFlows(query), { everyMs: FRESH_MS, keep: true });
  return (
    <section>
      <div className="title">
        <h1>Flows</h1>
        <span className="space" />
        <input
          type="search"
          placeholder="Search name or source"
          aria-label="Search flows"
          value={text}
          onChange={(event) => setView({ text: event.target.value, number: 1 })}
        />
      </div>
      {error && <p className="error">{error}</p>}
      {!value && !error && <p className="loading">Loading…</p>}
      {value?.total === 0 && <div className="empty">{text ? <p>No flow fits “{text}”.</p> : <NoneYet />}</div>}
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
            onTurn={(turned) => setView({ text, number: turned })}
          />
        </>
      )}
    </section>
  );
}

function FlowTable({ flows: { results } }: { readonly flows: PageOf<FlowView> }) {
  return (
    <table className="flows">
      <thead>
        <tr>
          <th>Flow</th>
          <th>Description</th>
          <th className="revision">Revision</th>
        </tr>
      </thead>
      <tbody>
        {results.map(({ namespace, id, description, revision, exception, disabled }) => (
          <tr key={`${namespace}/${id}`}>
            <td>
              <Link to={paths.flow(namespace, id)}>
                <FlowName namespace={namespace} id={id} />
              </Link>
            </td>
            <td className="cut" title={description}>
              {exception && <span className="warning">cannot run: its source is not valid </span>}
              {disabled && <span className="warning">disabled </span>}
              {description}
            </td>
            <td>{revision}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const NoneYet = () => (
  <>
    <p>No flow yet. Write one into a file, hello.yaml:</p>
    <pre>{EXAMPLE}</pre>
    <p>and run it, which saves it first:</p>
    <pre>npx windhover run hello.yaml --follow</pre>
  </>
);
