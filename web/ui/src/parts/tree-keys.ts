/** The rows of a tree, and what keys mean in it. Pure. */

export interface TreeRow {
  /** Without spaces. */
  readonly uid: string;
  /** 0: at the top. */
  readonly depth: number;
  /** Rows directly inside. */
  readonly children: number;
}

/** What a key means in the tree: another place in `rows`, or what is done to the row at `place`; undefined: nothing. */
export function moveOf(
  key: string,
  rows: readonly TreeRow[],
  place: number,
  isClosed: boolean,
): number | 'toggle' | 'choose' | undefined {
  const { depth, children } = rows[place]!;
  switch (key) {
    case 'ArrowDown':
      return Math.min(rows.length - 1, place + 1);
    case 'ArrowUp':
      return Math.max(0, place - 1);
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowRight':
      if (children === 0) return undefined;
      return isClosed ? 'toggle' : place + 1;
    case 'ArrowLeft': {
      if (children > 0 && !isClosed) return 'toggle';
      const parent = rows.slice(0, place).findLastIndex((row) => row.depth < depth);
      return parent < 0 ? undefined : parent;
    }
    case 'Enter':
    case ' ':
      return 'choose';
    default:
      return undefined;
  }
}
