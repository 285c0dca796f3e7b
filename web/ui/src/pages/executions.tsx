/** The list of executions, newest first, fresh by itself. What narrows it stands in the address. */
import { useEffect, useState } from 'react';
import { ExecutionTable } from '../parts/execution-table.tsx';
import { Link } from '../parts/link.tsx';
import { SEARCHED_STATES } from '../parts/state.tsx';
import { go, type ListView, paths, useTitle } from '../route.ts';

export function ExecutionsPage({ view }: { readonly view: ListView }) {
  useTitle('Executions');
  const [text, setText] = useState(view.text);
  // The browser's back button changes the address alone.
  useEffect(() => setText(view.text), [view.text]);
  const narrow = (change: Partial<ListView>) => go(paths.listOf({ ...view, number: 1, ...change }), true);
  const filter = { ...(view.text && { q: view.text }), ...(view.state && { state: view.state }) };
  return (
    <section>
      <div className="title">
        <h1>Executions</h1>
        <span className="space" />
        <input
          type="search"
          placeholder="Search id, flow or label"
          aria-label="Search executions"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            narrow({ text: event.target.value.trim() });
          }}
        />
        <select aria-label="State" value={view.state} onChange={(event) => narrow({ state: event.target.value })}>
          <option value="">All states</option>
          {SEARCHED_STATES.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </div>
      <ExecutionTable
        filter={filter}
        number={view.number}
        onTurn={(number) => go(paths.listOf({ ...view, number }))}
        empty={view.text || view.state ? <NoneFits /> : <NoneYet />}
      />
    </section>
  );
}

const NoneFits = () => (
  <p>
    No execution fits. <Link to={paths.executions}>Show all</Link>
  </p>
);

const NoneYet = () => (
  <>
    <p>
      Nothing has run yet. Choose one of the <Link to={paths.flows}>flows</Link> and run it, or run a file by the
      command line:
    </p>
    <pre>npx windhover run my-flow.yaml --follow</pre>
  </>
);
