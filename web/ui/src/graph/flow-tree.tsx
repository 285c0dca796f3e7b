/** A graph as a list that unfolds and can be searched: what stands in place of a picture that nobody could read. */
import { useMemo, useState } from 'react';
import { Tree, useFolds } from '../parts/tree.tsx';
import type { ShownGraph } from './shown.ts';
import { StateOf } from './state-of.tsx';
import { type NodeRow, rowsShown, treeOf } from './tree.ts';

const ROW_PX = 30;
const INDENT_PX = 18;

export function FlowTree({ graph, states, chosen, onChoose, label }: ShownGraph) {
  const [text, setText] = useState('');
  const folds = useFolds();
  const { folded, unfoldAll } = folds;
  const all = useMemo(() => treeOf(graph), [graph]);
  const rows = useMemo(() => rowsShown(all, text, folded), [all, text, folded]);
  const search = (typed: string) => {
    setText(typed);
    // What is found must be seen.
    unfoldAll();
  };
  return (
    <div className="flow-tree">
      <Search text={text} onSearch={search} count={all.length} shown={rows.length} />
      {rows.length === 0 ? (
        <p className="empty">No task fits “{text}”.</p>
      ) : (
        <Tree
          label={label}
          rows={rows}
          rowPx={ROW_PX}
          folds={folds}
          isChosen={({ name, kind }) => name === chosen && kind !== 'trigger'}
          onChoose={({ name, kind }) => (kind === 'task' || kind === 'subflow') && onChoose?.(name)}
          attributesOf={({ depth }) => ({ style: { paddingLeft: 8 + depth * INDENT_PX } })}
          draw={(row, fold) => (
            <>
              {fold}
              <About row={row} isOpen={!folded.has(row.uid)} />
              <span className="space" />
              {row.kind !== 'trigger' && states?.has(row.name) && <StateOf state={states.get(row.name)!} />}
            </>
          )}
        />
      )}
    </div>
  );
}

interface SearchProps {
  readonly text: string;
  readonly onSearch: (text: string) => void;
  readonly count: number;
  readonly shown: number;
}

function Search({ text, onSearch, count, shown }: SearchProps) {
  return (
    <div className="tools">
      <input
        type="search"
        aria-label="Search the tasks"
        placeholder="Search id or type"
        value={text}
        onChange={(event) => onSearch(event.target.value)}
      />
      <span className="quiet" role="status">
        {text.trim() === '' ? `${count.toLocaleString()} tasks and triggers` : `${shown.toLocaleString()} rows`}
      </span>
      <span className="quiet">A picture of so many could not be read: this is its list.</span>
    </div>
  );
}

function About({ row, isOpen }: { readonly row: NodeRow; readonly isOpen: boolean }) {
  const { name, type, kind, children, branch } = row;
  return (
    <>
      <strong className="cut" title={name}>
        {name}
      </strong>
      <span className="quiet cut" title={type}>
        {kind === 'mark' ? '' : type.split('.').at(-1)}
      </span>
      {branch && <span className="warning">{branch}</span>}
      {children > 0 && !isOpen && <span className="quiet">{children.toLocaleString()} inside</span>}
    </>
  );
}
