/**
 * Follows an execution and its log over SSE. The server's ids are cursors (`resume=true`): the browser reconnects with
 * Last-Event-ID, so no line comes twice and none is missing.
 */
import { useEffect, useState } from 'react';
import { API, type ExecutionView, type LogView } from './api.ts';

const LINES_SHOWN_MAX = 50_000;
/** New lines are drawn together: a task that prints a lot must not redraw the page for each. */
const DRAW_MS = 50;

export type Connection = 'connecting' | 'live' | 'lost' | 'ended';

export interface Following<T> {
  readonly value: T;
  readonly connection: Connection;
}

/** The names that events may have: Kestra names none in HTML's sense, so `message` carries all. */
function follow(path: string, onData: (text: string, id: string) => void, onState: (state: Connection) => void): () => void {
  const source = new EventSource(`${API}${path}?resume=true`);
  const hear = (event: MessageEvent<string>) => onData(event.data, event.lastEventId);
  const end = (event: MessageEvent<string>) => {
    if (event.data && event.data !== '{}') hear(event);
    onState('ended');
    source.close();
  };
  source.onopen = () => onState('live');
  source.onerror = () => onState(source.readyState === EventSource.CLOSED ? 'ended' : 'lost');
  source.onmessage = hear;
  for (const name of ['start', 'progress']) source.addEventListener(name, hear);
  source.addEventListener('end', end);
  return () => source.close();
}

export function useExecution(id: string): Following<ExecutionView | undefined> {
  const [value, setValue] = useState<ExecutionView>();
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    const hear = (text: string) => {
      const execution = JSON.parse(text) as Partial<ExecutionView>;
      if (execution.id && execution.state) setValue(execution as ExecutionView);
    };
    return follow(`/executions/${encodeURIComponent(id)}/follow`, hear, setConnection);
  }, [id]);
  return { value, connection };
}

export function useLog(id: string): Following<readonly LogView[]> {
  const [value, setValue] = useState<readonly LogView[]>([]);
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    let fresh: LogView[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      const lines = fresh;
      fresh = [];
      setValue((old) => [...old, ...lines].slice(-LINES_SHOWN_MAX));
    };
    const hear = (text: string) => {
      const line = JSON.parse(text) as Partial<LogView>;
      if (typeof line.message !== 'string') return;
      fresh.push(line as LogView);
      timer ??= setTimeout(draw, DRAW_MS);
    };
    const close = follow(`/logs/${encodeURIComponent(id)}/follow`, hear, setConnection);
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [id]);
  return { value, connection };
}
