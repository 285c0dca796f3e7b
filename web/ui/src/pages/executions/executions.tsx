/** The list of executions, newest first, fresh by itself. What narrows it stands in the address, and above the list as chips. */
import { useState } from 'react';
import { csvLink } from '../../api/executions.ts';
import { go, useTitle } from '../../navigation.ts';
import { Link } from '../../parts/link.tsx';
import { type ListView, paths } from '../../route.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ExecutionTable, type Filter } from './execution-table.tsx';
import { Filters } from './filters.tsx';

const NONE: ReadonlySet<string> = new Set();

export function ExecutionsPage({ view }: { readonly view: ListView }) {
  useTitle('Executions');
  const [chosen, setChosen] = useState(NONE);
  const narrow = (change: Partial<ListView>) => {
    setChosen(NONE);
    go(paths.listOf({ ...view, number: 1, ...change }), true);
  };
  const filter = filterOf(view);
  return (
    <section>
      <Filters view={view} narrow={narrow} />
      <ExecutionTable
        filter={filter}
        number={view.number}
        onTurn={(number) => {
          setChosen(NONE);
          go(paths.listOf({ ...view, number }));
        }}
        empty={filter.length > 0 ? <NoneFits /> : <NoneYet />}
        choosing={{ chosen, choose: setChosen }}
      >
        {(page, again) => (
          <BulkBar
            page={page}
            filter={filter}
            chosen={chosen}
            onDone={() => {
              setChosen(NONE);
              again();
            }}
          />
        )}
      </ExecutionTable>
      <p className="hint">
        <a href={csvLink(new URLSearchParams(filter.map(([name, value]) => [name, value])))} download>
          As a table (CSV)
        </a>
      </p>
    </section>
  );
}

/** As the search's query says it. */
const filterOf = ({ text, states, namespace, flowId, labels, since }: ListView): Filter =>
  (
    [
      ['q', text],
      ['namespace', namespace],
      ['flowId', flowId],
      ['timeRange', since],
      ...states.map((state) => ['state', state] as const),
      ...labels.map((label) => ['labels', label] as const),
    ] as const
  ).filter(([, value]) => value !== '');

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
