/**
 * Follows an execution and its log over SSE. The server's ids are cursors (`resume=true`): the browser reconnects with
 * Last-Event-ID, so no line comes twice and none is missing. An answer that is no stream (a proxy's 502) ends a browser's
 * EventSource for good: then the server is asked why, and the stream is opened anew from its beginning.
 */
import { useEffect, useState } from 'react';
import { API, ApiError, ask, type ExecutionView, type LogView } from './api.ts';

export const LINES_SHOWN_MAX = 50_000;
const REOPEN_MS = [500, 1_000, 2_000, 5_000];

export type Connection = 'connecting' | 'live' | 'lost' | 'ended' | 'refused';

export interface Following<T> {
  readonly value: T;
  readonly connection: Connection;
  /** Why the server refused. */
  readonly error?: string;
}

interface Listener {
  readonly onData: (text: string) => void;
  /** All that came before is to be forgotten: it comes again. */
  readonly onAnew: () => void;
  readonly onConnection: (connection: Connection, error?: string) => void;
}

/** Opens the stream and keeps it open until its end; returns what closes it. */
function follow(kind: 'executions' | 'logs', id: string, { onData, onAnew, onConnection }: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let losses = 0;
  const name = encodeURIComponent(id);
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const askWhy = (): void => {
    close();
    ask(`/executions/${name}`).then(reopen, (error) => {
      if (error instanceof ApiError && error.status < 500) onConnection('refused', error.message);
      else reopen();
    });
  };
  const reopen = (): void => {
    onConnection('lost');
    timer = setTimeout(open, REOPEN_MS[Math.min(losses++, REOPEN_MS.length - 1)]);
  };
  const hear = (event: MessageEvent<string>): void => {
    if (!event.data || event.data === '{}') return;
    losses = 0;
    onData(event.data);
  };
  const open = (): void => {
    onAnew();
    const opened = new EventSource(`${API}/${kind}/${name}/follow?resume=true`);
    source = opened;
    opened.onopen = () => onConnection('live');
    opened.onerror = () => {
      if (source !== opened) return;
      if (opened.readyState === EventSource.CLOSED) askWhy();
      else onConnection('lost');
    };
    opened.onmessage = hear;
    for (const event of ['start', 'progress']) opened.addEventListener(event, hear);
    opened.addEventListener('end', (event: MessageEvent<string>) => {
      hear(event);
      onConnection('ended');
      close();
    });
  };
  open();
  return () => {
    close();
    source = undefined;
    clearTimeout(timer);
  };
}

/** Calls `draw` once before the next picture, however often it is asked to. */
function perPicture(draw: () => void): { readonly soon: () => void; readonly cancel: () => void } {
  let asked: number | undefined;
  const now = () => {
    asked = undefined;
    draw();
  };
  return {
    soon: () => {
      asked ??= requestAnimationFrame(now);
    },
    cancel: () => {
      if (asked !== undefined) cancelAnimationFrame(asked);
    },
  };
}

interface Status {
  readonly connection: Connection;
  readonly error?: string;
}

export function useExecution(id: string): Following<ExecutionView | undefined> {
  const [value, setValue] = useState<ExecutionView>();
  const [status, setStatus] = useState<Status>({ connection: 'connecting' });
  useEffect(() => {
    let text = '';
    const drawing = perPicture(() => {
      // Of several states in one picture only the last is parsed: with 10,000 task runs each is megabytes.
      const execution = JSON.parse(text) as Partial<ExecutionView>;
      if (execution.id && execution.state) setValue(execution as ExecutionView);
    });
    const close = follow('executions', id, {
      onData: (data) => {
        text = data;
        drawing.soon();
      },
      onAnew: () => {},
      onConnection: (connection, error) => setStatus({ connection, error }),
    });
    return () => {
      drawing.cancel();
      close();
    };
  }, [id]);
  return { value, ...status };
}

export function useLog(id: string): Following<readonly LogView[]> {
  const [value, setValue] = useState<readonly LogView[]>([]);
  const [status, setStatus] = useState<Status>({ connection: 'connecting' });
  useEffect(() => {
    let lines: LogView[] = [];
    const drawing = perPicture(() => setValue(lines.slice()));
    const close = follow('logs', id, {
      onData: (data) => {
        addLine(lines, JSON.parse(data) as Partial<LogView>);
        // Cut in large bites: a copy for each line beyond the limit would cost more than the line.
        if (lines.length > 1.1 * LINES_SHOWN_MAX) lines = lines.slice(-LINES_SHOWN_MAX);
        drawing.soon();
      },
      onAnew: () => {
        lines = [];
        drawing.soon();
      },
      onConnection: (connection, error) => setStatus({ connection, error }),
    });
    return () => {
      drawing.cancel();
      close();
    };
  }, [id]);
  return { value, ...status };
}

/** Rows are of one height: a message of several lines becomes several rows. */
function addLine(lines: LogView[], line: Partial<LogView>): void {
  if (typeof line.message !== 'string') return;
  if (!line.message.includes('\n')) lines.push(line as LogView);
  else for (const message of line.message.trimEnd().split('\n')) lines.push({ ...(line as LogView), message });
}
