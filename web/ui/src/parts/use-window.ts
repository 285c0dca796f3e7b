/** The part of a long list that is seen: rows of one height, only those in sight (and a few around) are drawn. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** Rows drawn above and below what is seen, so that scrolling shows no gap. */
const AROUND_ROWS = 20;

export interface Window {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** Rows [first, last) are to be drawn. */
  readonly first: number;
  readonly last: number;
}

export function useWindow(count: number, rowPx: number): Window {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, rows: 40 });
  const look = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const top = Math.floor(element.scrollTop / rowPx);
    const rows = Math.ceil(element.clientHeight / rowPx);
    setSeen((old) => (old.top === top && old.rows === rows ? old : { top, rows }));
  }, [rowPx]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  const first = Math.max(0, Math.min(seen.top, count) - AROUND_ROWS);
  return { box, onScroll: look, first, last: Math.min(count, seen.top + seen.rows + AROUND_ROWS) };
}

/** Scrolls as little as it takes to see row `place`, and `margin` beside it. */
export function bringIntoSight({ box }: Window, place: number, rowPx: number, margin = 0): void {
  const element = box.current;
  if (!element) return;
  const top = place * rowPx;
  if (top < element.scrollTop) element.scrollTop = top - margin;
  else if (top + rowPx > element.scrollTop + element.clientHeight)
    element.scrollTop = top + rowPx - element.clientHeight + margin;
}
