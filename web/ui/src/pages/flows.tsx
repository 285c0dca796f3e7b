/** The list of flows. */
import { useState } from 'react';
import { searchFlows } from '../api.ts';
import { Link } from '../parts/link.tsx';
import { paths } from '../route.ts';
import { useAsk } from '../use-ask.ts';

const SIZE = 100;
const FRESH_MS = 5_000;

export function FlowsPage() {
  const [text, setText] = useState('');
  const query = new URLSearchParams({ size: String(SIZE), page: '1', sort: 'id:asc', ...(text && { q: text }) });
  const { value, error } = useAsk(query.toString(), () => searchFlows(query), FRESH_MS);
  return (
    <section>
      <div className="title">
        <h1>Flows</h1>
        <input
          type="search"
          placeholder="Search"
          aria-label="Search flows"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {error && <p className="error">{error}</p>}
      {value?.results.length === 0 && (
        <div className="empty">
          <p>No flow {text ? 'fits' : 'yet'}. Save one by the command line:</p>
          <pre>npx windhover run my-flow.yaml --follow</pre>
        </div>
      )}
      {value && value.results.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Flow</th>
              <th>Namespace</th>
              <th>Revision</th>
              <th>Description</th>
            </tr>
          </thead>
          <tbody>
            {value.results.map((flow) => (
              <tr key={`${flow.namespace}/${flow.id}`}>
                <td>
                  <Link to={paths.flow(flow.namespace, flow.id)}>{flow.id}</Link>
                </td>
                <td>{flow.namespace}</td>
                <td>{flow.revision}</td>
                <td className="cut">{flow.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
