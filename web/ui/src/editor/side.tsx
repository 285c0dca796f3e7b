/** Beside the source: the documentation of what is at the cursor, or the graph of what is written. */
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { GraphView } from '../api/flows.ts';
import { graphOfSource } from '../api/flows.ts';
import { readType } from '../api/plugins.ts';
import { TypeDocument } from '../pages/plugins/type-document.tsx';
import { Link } from '../parts/link.tsx';
import { Segments } from '../parts/segments.tsx';
import { paths } from '../route.ts';
import { useAsk } from '../use-ask.ts';
import { knownTypes } from './completion.ts';
import { typeAround } from './schema-place.ts';
import { placeAt } from './yaml-place.ts';

const FlowGraph = lazy(() => import('../graph/flow-graph.tsx'));

interface SideProps {
  readonly text: string;
  readonly offset: number;
  readonly isValid: boolean;
}

type Shown = 'graph' | 'documentation';
const CHOICES: readonly (readonly [shown: Shown, text: string])[] = [
  ['documentation', 'Documentation'],
  ['graph', 'Graph'],
];

export function Side({ text, offset, isValid }: SideProps) {
  const [shown, setShown] = useState<Shown>('documentation');
  return (
    <aside className="side" aria-label="Beside the source">
      <Segments label="Shown beside the source" choices={CHOICES} chosen={shown} onChoose={setShown} />
      {shown === 'graph' ? <GraphOf text={text} isValid={isValid} /> : <Documentation text={text} offset={offset} />}
    </aside>
  );
}

const REST_MS = 400;

/** The last one that could be drawn stays while something is wrong. */
function GraphOf({ text, isValid }: { readonly text: string; readonly isValid: boolean }) {
  const [graph, setGraph] = useState<GraphView>();
  useEffect(() => {
    if (!isValid) return;
    let wanted = true;
    const timer = setTimeout(() => {
      // What is wrong with it is told beside it.
      graphOfSource(text).then(
        (next) => wanted && setGraph(next),
        () => {},
      );
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text, isValid]);
  if (!graph) return <p className="empty">{isValid ? 'Loading…' : 'The graph appears as soon as nothing is wrong.'}</p>;
  return (
    <Suspense fallback={<p className="loading">Loading…</p>}>
      <FlowGraph graph={graph} label="Graph of what is written" />
      {!isValid && <p className="hint">As it was before something was wrong.</p>}
    </Suspense>
  );
}

function Documentation({ text, offset }: { readonly text: string; readonly offset: number }) {
  const given = useDeferredValue(`${offset}\n${text}`);
  const place = useMemo(() => placeAt(given.slice(given.indexOf('\n') + 1), Number.parseInt(given, 10)), [given]);
  const type = typeAround(place);
  const known = useAsk('known types', knownTypes);
  const isType = type !== undefined && known.value?.has(type) === true && type.includes('.');
  const { value, error } = useAsk(`type ${isType ? type : ''}`, async () => (isType ? readType(type) : undefined), {
    keep: true,
  });
  if (!isType || (error && !value))
    return (
      <div className="empty">
        {type?.includes('.') && known.value ? (
          <p>There is no type {type}.</p>
        ) : (
          <p>Move the cursor into a task or a trigger, and what its type can do stands here.</p>
        )}
        <p>
          <Link to={paths.plugins}>All types</Link>
        </p>
      </div>
    );
  return (
    <>
      <h2>{type.split('.').at(-1)}</h2>
      {value && <TypeDocument document={value} property={place.key} />}
    </>
  );
}
