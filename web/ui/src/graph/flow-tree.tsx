/**
 * A graph as a list that unfolds and can be searched: what stands in place of a picture that nobody could read. Only rows in sight
 * are drawn. It is one stop of the Tab key; arrows move inside it.
 */
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { moveOf } from '../parts/task-rows.ts';
import { bringIntoSight, useWindow } from '../parts/use-window.ts';
import type { ShownGraph } from './shown.ts';
import { StateOf } from './state-of.tsx';
import type { TaskState } from './states.ts';
import { rowsShown, type TreeRow, treeOf } from './tree.ts';

const ROW_PX = 30;
const ROWS_SEEN_MAX = 18;
const INDENT_PX = 18;
const NONE: ReadonlySet<string> = new Set();

export function FlowTree({ graph, states, chosen, onChoose, label }: ShownGraph) {
  const [text, setText] = useState('');
  const [folded, setFolded] = useState(NONE);
  const [active, setActive] = useState<string>();
  const tree = useId();
  const all = useMemo(() => treeOf(graph), [graph]);
  const rows = useMemo(() => rowsShown(all, text, folded), [all, text, folded]);
  const view = useWindow(rows.length, ROW_PX);
  const place = Math.max(
    0,
    rows.findIndex(({ uid }) => uid === active),
  );
  const toggle = ({ uid }: TreeRow) =>
    setFolded((old) => (old.has(uid) ? new Set([...old].filter((each) => each !== uid)) : new Set([...old, uid])));
  const choose = (row: TreeRow) => {
    setActive(row.uid);
    if (row.kind === 'task' || row.kind === 'subflow') onChoose?.(row.name);
  };
  const keys = (event: KeyboardEvent) => {
    const row = rows[place]!;
    const move = moveOf(event.key, rows, place, folded.has(row.uid));
    if (move === 'toggle') toggle(row);
    else if (move === 'choose') choose(row);
    else if (move === undefined) return;
    else {
      setActive(rows[move]!.uid);
      bringIntoSight(view, move, ROW_PX);
    }
    event.preventDefault();
  };
  return (
    <div className="flow-tree">
      <Search text={text} onSearch={setText} count={all.length} shown={rows.length} />
      {rows.length === 0 ? (
        <p className="empty">No task fits “{text}”.</p>
      ) : (
        <div
          className="tree-rows"
          role="tree"
          aria-label={label}
          aria-activedescendant={`${tree}-${place}`}
          tabIndex={0}
          ref={view.box}
          onScroll={view.onScroll}
          onKeyDown={keys}
          style={{ maxHeight: ROWS_SEEN_MAX * ROW_PX }}
        >
          <div style={{ height: rows.length * ROW_PX, position: 'relative' }}>
            {rows.slice(view.first, view.last).map((row, n) => (
              <Row
                key={row.uid}
                id={`${tree}-${view.first + n}`}
                row={row}
                top={(view.first + n) * ROW_PX}
                isOpen={!folded.has(row.uid)}
                isChosen={row.name === chosen && row.kind !== 'trigger'}
                isActive={view.first + n === place}
                state={row.kind === 'trigger' ? undefined : states?.get(row.name)}
                onChoose={() => choose(row)}
                onToggle={() => toggle(row)}
              />
            ))}
          </div>
        </div>
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

interface RowProps {
  readonly id: string;
  readonly row: TreeRow;
  readonly top: number;
  readonly isOpen: boolean;
  readonly isChosen: boolean;
  /** Where the keys are. */
  readonly isActive: boolean;
  readonly state?: TaskState;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}

function Row({ row: { name, type, kind, depth, children, branch }, ...given }: RowProps) {
  const { id, top, isOpen, isChosen, isActive, state, onChoose, onToggle } = given;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it hears the keys
    <div
      id={id}
      className={`tree-row${isChosen ? ' chosen' : ''}${isActive ? ' active' : ''}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={children > 0 ? isOpen : undefined}
      aria-selected={isChosen}
      tabIndex={-1}
      style={{ top, height: ROW_PX, paddingLeft: 8 + depth * INDENT_PX }}
      onClick={onChoose}
    >
      {children > 0 ? (
        <button
          type="button"
          className="fold"
          tabIndex={-1}
          aria-label={isOpen ? 'Fold' : 'Unfold'}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          {isOpen ? '▾' : '▸'}
        </button>
      ) : (
        <span className="fold" />
      )}
      <strong className="cut" title={name}>
        {name}
      </strong>
      <span className="quiet cut" title={type}>
        {kind === 'mark' ? '' : type.split('.').at(-1)}
      </span>
      {branch && <span className="warning">{branch}</span>}
      {children > 0 && !isOpen && <span className="quiet">{children.toLocaleString()} inside</span>}
      <span className="space" />
      {state && <StateOf state={state} />}
    </div>
  );
}
