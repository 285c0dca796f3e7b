/**
 * The log, live: only lines in sight are drawn, it stays at the end until somebody scrolls up, and can be narrowed by level,
 * by text and by task run.
 */
import { useMemo, useState } from 'react';
import { logLink } from '../../api/executions.ts';
import { type Connection, LINES_SHOWN_MAX, useLog } from '../../use-follow.ts';
import { LogLines } from './log-lines.tsx';
import { LEVELS, narrowed } from './log-rows.ts';

interface LogListProps {
  readonly executionId: string;
  /** Only lines of these task runs; absent: all. */
  readonly of?: ReadonlySet<string>;
  readonly onChoose: (taskRunId: string) => void;
  /** Another number: the execution lives again. */
  readonly life: number;
}

/** It follows the log by itself: lines that come draw nothing else anew. */
export function LogList({ executionId, of, onChoose, life }: LogListProps) {
  const { value: lines, cut, connection } = useLog(executionId, life);
  const [level, setLevel] = useState('TRACE');
  const [text, setText] = useState('');
  const [wraps, setWraps] = useState(true);
  const shown = useMemo(() => narrowed(lines, { level, text, of }), [lines, level, text, of]);
  return (
    <div className="log">
      <div className="log-bar">
        <input
          type="search"
          placeholder="Search the log"
          aria-label="Search the log"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label>
          Level from{' '}
          <select value={level} onChange={(event) => setLevel(event.target.value)}>
            {LEVELS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={wraps} onChange={(event) => setWraps(event.target.checked)} /> Wrap
        </label>
        <span className="quiet count">{countText(shown.length, lines.length)}</span>
        {connection === 'lost' && <span className="warning">connection lost, trying again…</span>}
        <span className="space" />
        {lines.length > 0 && (
          <a href={logLink(executionId)} download>
            Download
          </a>
        )}
      </div>
      {cut && (
        <p className="waiting">
          Only the last {LINES_SHOWN_MAX.toLocaleString()} lines stand here; older ones can be downloaded.
        </p>
      )}
      {shown.length === 0 ? (
        <p className="empty">{emptyText(lines.length, of !== undefined, connection)}</p>
      ) : (
        <LogLines lines={shown} wraps={wraps} mark={text} onChoose={onChoose} />
      )}
    </div>
  );
}

function countText(shown: number, all: number): string {
  const noun = all === 1 ? 'line' : 'lines';
  return shown === all
    ? `${all.toLocaleString()} ${noun}`
    : `${shown.toLocaleString()} of ${all.toLocaleString()} ${noun}`;
}

function emptyText(all: number, ofSome: boolean, connection: Connection): string {
  if (all > 0)
    return ofSome ? 'This task run has no line that fits.' : 'No line fits. Take a lower level, or another text.';
  if (connection === 'connecting') return 'Loading…';
  if (connection === 'ended') return 'This execution has written no log.';
  return 'No line yet. What tasks print appears here while they run.';
}
