/**
 * The log, live: only lines in sight are drawn, it stays at the end until somebody scrolls up, and can be narrowed by level,
 * by text and by task run.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LogView } from '../api.ts';
import { clockText } from '../time.ts';
import type { Connection } from '../use-follow.ts';
import { useWindow } from './use-window.ts';

const ROW_PX = 20;
/** So near to the end counts as at the end. */
const NEAR_PX = 2 * ROW_PX;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

interface LogListProps {
  readonly lines: readonly LogView[];
  readonly connection: Connection;
  /** Only lines of these task runs; absent: all. */
  readonly of?: ReadonlySet<string>;
}

export function LogList({ lines, connection, of }: LogListProps) {
  const [level, setLevel] = useState('TRACE');
  const [text, setText] = useState('');
  const shown = useMemo(() => narrowed(lines, LEVELS.indexOf(level), text.toLowerCase(), of), [lines, level, text, of]);
  return (
    <div className="log">
      <div className="log-bar">
        <label>
          Level{' '}
          <select value={level} onChange={(event) => setLevel(event.target.value)}>
            {LEVELS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <input
          type="search"
          placeholder="Search the log"
          aria-label="Search the log"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="quiet">
          {shown.length === lines.length
            ? lines.length.toLocaleString()
            : `${shown.length.toLocaleString()} of ${lines.length.toLocaleString()}`}{' '}
          lines
        </span>
        {connection === 'lost' && <span className="warning">connection lost, trying again…</span>}
      </div>
      {shown.length === 0 ? <p className="empty">{emptyText(lines.length, connection)}</p> : <Lines lines={shown} />}
    </div>
  );
}

function emptyText(all: number, connection: Connection): string {
  if (all > 0) return 'No line fits. Take a lower level, or another text.';
  if (connection === 'ended') return 'This execution has written no log.';
  return 'No line yet. What tasks print appears here while they run.';
}

/** The very same array where nothing is left out: with 50,000 lines that is the common case. */
function narrowed(
  lines: readonly LogView[],
  level: number,
  text: string,
  of?: ReadonlySet<string>,
): readonly LogView[] {
  if (level <= 0 && text === '' && !of) return lines;
  return lines.filter(
    (line) =>
      LEVELS.indexOf(line.level) >= level &&
      (!of || (line.taskRunId !== undefined && of.has(line.taskRunId))) &&
      (text === '' || line.message.toLowerCase().includes(text)),
  );
}

function Lines({ lines }: { readonly lines: readonly LogView[] }) {
  const { box, onScroll, first, last } = useWindow(lines.length, ROW_PX);
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
  }, [lines, sticking, box]);
  return (
    <div className="log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a person without a mouse scrolls it by the keys */}
      <div className="log-lines" ref={box} onScroll={scrolled} tabIndex={0} role="log" aria-label="Log lines">
        <div style={{ height: lines.length * ROW_PX, position: 'relative' }}>
          <div style={{ position: 'absolute', top: first * ROW_PX, minWidth: '100%' }}>
            {lines.slice(first, last).map((line, n) => (
              <div key={first + n} className={`log-line level-${line.level.toLowerCase()}`} style={{ height: ROW_PX }}>
                <time dateTime={line.timestamp}>{clockText(line.timestamp)}</time>
                <span className="log-level">{line.level}</span>
                <span className="log-task cut">{line.taskId}</span>
                <span className="log-text">{line.message}</span>
              </div>
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
