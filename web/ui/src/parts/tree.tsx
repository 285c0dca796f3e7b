/**
 * Rows that fold, in a box that scrolls. Only those in sight are drawn, so ten thousand scroll as ten do. It is one stop of the Tab
 * key; arrows move inside it.
 */
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { toggled } from './toggled.ts';
import { moveOf, type TreeRow } from './tree-keys.ts';
import { bringIntoSight, useWindow } from './use-window.ts';

export const ROWS_SEEN_MAX = 18;
/** Around a row that a link has named. */
const MARGIN_ROWS = 4;
const NONE: ReadonlySet<string> = new Set();

export interface Folds {
  readonly folded: ReadonlySet<string>;
  readonly toggle: (uid: string) => void;
  readonly unfoldAll: () => void;
}

export function useFolds(): Folds {
  const [folded, setFolded] = useState(NONE);
  return { folded, toggle: (uid) => setFolded((old) => toggled(old, uid)), unfoldAll: () => setFolded(NONE) };
}

/** What a row's element has besides. */
interface RowAttributes {
  readonly className?: string;
  readonly style?: CSSProperties;
  readonly [data: `data-${string}`]: string;
}

interface TreeProps<R extends TreeRow> {
  readonly label: string;
  /** At least one; those inside of a row follow it. */
  readonly rows: readonly R[];
  readonly rowPx: number;
  readonly folds: Folds;
  readonly isChosen: (row: R) => boolean;
  readonly onChoose: (row: R) => void;
  readonly attributesOf: (row: R) => RowAttributes;
  /** `fold`: the button that folds, or its room. */
  readonly draw: (row: R, fold: ReactNode) => ReactNode;
}

export function Tree<R extends TreeRow>({ label, rows, rowPx, folds, isChosen, onChoose, ...drawn }: TreeProps<R>) {
  const { folded, toggle } = folds;
  const [active, setActive] = useState<string>();
  const tree = useId();
  const idOf = ({ uid }: R) => `${tree}-${uid}`;
  const view = useWindow(rows.length, rowPx);
  const chosen = rows.findIndex(isChosen);
  const moved = active === undefined ? -1 : rows.findIndex(({ uid }) => uid === active);
  const place = Math.max(0, moved < 0 ? chosen : moved);
  // A link may name a row far below. What comes later moves rows, and must not move what the person looks at.
  useEffect(() => {
    if (chosen >= 0) bringIntoSight(view, chosen, rowPx, MARGIN_ROWS * rowPx);
  }, [rows[chosen]?.uid]);
  const choose = (row: R) => {
    setActive(row.uid);
    onChoose(row);
  };
  const keys = (event: KeyboardEvent) => {
    const row = rows[place]!;
    const move = moveOf(event.key, rows, place, folded.has(row.uid));
    if (move === 'toggle') toggle(row.uid);
    else if (move === 'choose') choose(row);
    else if (move === undefined) return;
    else {
      setActive(rows[move]!.uid);
      bringIntoSight(view, move, rowPx);
    }
    event.preventDefault();
  };
  return (
    <div
      className="tree-rows"
      role="tree"
      aria-label={label}
      aria-activedescendant={idOf(rows[place]!)}
      tabIndex={0}
      ref={view.box}
      onScroll={view.onScroll}
      onKeyDown={keys}
      style={{ maxHeight: ROWS_SEEN_MAX * rowPx }}
    >
      <div style={{ height: rows.length * rowPx, position: 'relative' }}>
        {rows.slice(view.first, view.last).map((row, n) => (
          <Item
            key={row.uid}
            id={idOf(row)}
            row={row}
            top={(view.first + n) * rowPx}
            height={rowPx}
            isOpen={!folded.has(row.uid)}
            isChosen={isChosen(row)}
            isActive={view.first + n === place}
            onChoose={() => choose(row)}
            onToggle={() => toggle(row.uid)}
            {...drawn}
          />
        ))}
      </div>
    </div>
  );
}

interface ItemProps<R extends TreeRow> extends Pick<TreeProps<R>, 'attributesOf' | 'draw'> {
  readonly id: string;
  readonly row: R;
  readonly top: number;
  readonly height: number;
  readonly isOpen: boolean;
  readonly isChosen: boolean;
  /** Where the keys are. */
  readonly isActive: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}

function Item<R extends TreeRow>({ id, row, top, height, attributesOf, draw, ...given }: ItemProps<R>) {
  const { isOpen, isChosen, isActive, onChoose, onToggle } = given;
  const { className = '', style, ...data } = attributesOf(row);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it hears the keys
    <div
      {...data}
      id={id}
      className={`tree-row ${className}${isChosen ? ' chosen' : ''}${isActive ? ' active' : ''}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.children > 0 ? isOpen : undefined}
      aria-selected={isChosen}
      tabIndex={-1}
      style={{ ...style, top, height }}
      onClick={onChoose}
    >
      {draw(row, <Fold shown={row.children > 0} open={isOpen} onToggle={onToggle} />)}
    </div>
  );
}

interface FoldProps {
  readonly shown: boolean;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function Fold({ shown, open, onToggle }: FoldProps) {
  if (!shown) return <span className="fold" />;
  return (
    <button
      type="button"
      className="fold"
      tabIndex={-1}
      aria-label={open ? 'Fold' : 'Unfold'}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      {open ? '▾' : '▸'}
    </button>
  );
}
