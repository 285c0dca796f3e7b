/** The box of log lines: rows of one height, those in sight; at the end until somebody scrolls up. */
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { LogView } from '../../api.ts';
import { useWindow } from '../../parts/use-window.ts';
import { clockText } from '../../time.ts';
import { type LogRow, wrapped } from './log-rows.ts';

const ROW_PX = 20;
/** So near to the end counts as at the end. */
const NEAR_PX = 2 * ROW_PX;
/** What a probe of this many characters measures is one character, well rounded. */
const PROBE = '0'.repeat(100);
const COLUMNS_MIN = 20;

interface LogLinesProps {
  readonly lines: readonly LogView[];
  readonly wraps: boolean;
  /** What was searched for is marked. */
  readonly mark: string;
  readonly onChoose: (taskRunId: string) => void;
}

export function LogLines({ lines, wraps, mark, onChoose }: LogLinesProps) {
  const probe = useRef<HTMLDivElement>(null);
  const columns = useColumns(probe);
  const rows = useMemo(() => (wraps ? wrapped(lines, columns) : lines), [lines, wraps, columns]);
  const { box, onScroll, first, last } = useWindow(rows.length, ROW_PX);
  const [sticking, setSticking] = useState(true);
  const height = useRef(0);
  const scrolled = () => {
    const element = box.current!;
    // Growing at the end fires no scroll of the person's: only a look back ends the sticking.
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_PX;
    if (element.scrollHeight === height.current || atEnd) setSticking(atEnd);
    height.current = element.scrollHeight;
    onScroll();
  };
  // Each new line moves the end.
  useEffect(() => {
    const element = box.current;
    if (!element || !sticking) return;
    height.current = element.scrollHeight;
    element.scrollTop = element.scrollHeight;
  }, [rows, sticking, box]);
  return (
    <div className="log-frame">
      <div
        className="log-lines"
        ref={box}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a person without a mouse scrolls it by the keys
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Log lines"
      >
        <div className="log-line probe" ref={probe} aria-hidden="true">
          <span />
          <span />
          <span />
          <span className="room">
            <span>{PROBE}</span>
          </span>
        </div>
        <div style={{ height: rows.length * ROW_PX, position: 'relative' }}>
          <div style={{ position: 'absolute', top: first * ROW_PX, minWidth: '100%' }}>
            {rows.slice(first, last).map((row, n) => (
              <Line key={first + n} row={row} mark={mark} onChoose={onChoose} />
            ))}
          </div>
        </div>
      </div>
      {!sticking && (
        <button type="button" className="to-end" onClick={() => setSticking(true)}>
          To the end ↓
        </button>
      )}
    </div>
  );
}

interface LineProps {
  readonly row: LogRow;
  readonly mark: string;
  readonly onChoose: (taskRunId: string) => void;
}

function Line({ row, mark, onChoose }: LineProps) {
  const { timestamp, level, taskId, taskRunId, message, goesOn = false } = row;
  return (
    <div className={`log-line level-${level.toLowerCase()}${goesOn ? ' goes-on' : ''}`} style={{ height: ROW_PX }}>
      {goesOn ? <span /> : <time dateTime={timestamp}>{clockText(timestamp)}</time>}
      <span className="log-level">{!goesOn && level}</span>
      {goesOn || taskRunId === undefined ? (
        <span />
      ) : (
        <button
          type="button"
          className="log-task cut"
          tabIndex={-1}
          title={`Show the task run of ${taskId}`}
          onClick={() => onChoose(taskRunId)}
        >
          {taskId}
        </button>
      )}
      <span className="log-text">{mark === '' ? message : <Marked text={message} mark={mark} />}</span>
    </div>
  );
}

function Marked({ text, mark }: { readonly text: string; readonly mark: string }) {
  const at = text.toLowerCase().indexOf(mark.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + mark.length)}</mark>
      {text.slice(at + mark.length)}
    </>
  );
}

/** How many characters of a message have room in a row; moves with the window. */
function useColumns(probe: RefObject<HTMLDivElement | null>): number {
  const [columns, setColumns] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const room = probe.current?.querySelector('.room');
    const text = room?.firstElementChild;
    if (!room || !text) return;
    const observer = new ResizeObserver(() => {
      const one = text.getBoundingClientRect().width / PROBE.length;
      if (one > 0) setColumns(Math.max(COLUMNS_MIN, Math.floor(room.clientWidth / one)));
    });
    observer.observe(room);
    return () => observer.disconnect();
  }, [probe]);
  return columns;
}
