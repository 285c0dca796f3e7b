/**
 * Follows an execution and its log over SSE. The server's ids are cursors (`resume=true`): the browser reconnects with
 * Last-Event-ID, so no line comes twice and none is missing. An answer that is no stream (a proxy's 502) ends a browser's
 * EventSource for good: then the server is asked why, and the stream is opened anew from its beginning.
 */
import { useEffect, useState } from 'react';
import { FollowedExecution } from '../../api/following.ts';
import { API, ApiError, ask, type ExecutionView, type LogView } from './api.ts';

export const LINES_SHOWN_MAX = 50_000;
/** Ids of lines that are known, so that a stream that begins anew brings none twice. */
const IDS_MAX = 200_000;
const REOPEN_MS = [500, 1_000, 2_000, 5_000];

export type Connection = 'connecting' | 'live' | 'lost' | 'ended' | 'refused';

export interface Following<T> {
  readonly value: T;
  readonly connection: Connection;
  /** Why the server refused. */
  readonly error?: string;
}

interface Listener {
  readonly onData: (event: string, text: string) => void;
  /** The stream begins anew: all that came before comes again. */
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
    onData(event.type, event.data);
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
    for (const event of ['progress', 'change']) opened.addEventListener(event, hear);
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

/** Nobody reads faster; drawing each of 50,000 lines as it comes would leave no time for anything else. */
const DRAW_MS = 100;

/** Calls `draw` soon, at most once in DRAW_MS, however often it is asked to: at once where it has rested. */
function atEase(draw: () => void): { readonly soon: () => void; readonly cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawnMs = 0;
  const now = () => {
    timer = undefined;
    drawnMs = performance.now();
    draw();
  };
  return {
    soon: () => {
      timer ??= setTimeout(now, Math.max(0, drawnMs + DRAW_MS - performance.now()));
    },
    cancel: () => clearTimeout(timer),
  };
}

interface Status {
  readonly connection: Connection;
  readonly error?: string;
}

/** `life`: another number follows it anew, since what has ended may live again. */
export function useExecution(id: string, life = 0): Following<ExecutionView | undefined> {
  const [value, setValue] = useState<ExecutionView>();
  const [status, setStatus] = useState<Status>({ connection: 'connecting' });
  useEffect(() => {
    const followed = new FollowedExecution();
    const drawing = atEase(() => {
      const { execution } = followed;
      if (execution) setValue(execution);
    });
    const close = follow('executions', id, {
      onData: (event, data) => {
        followed.take({ event, data });
        drawing.soon();
      },
      onAnew: () => {},
      onConnection: (connection, error) => setStatus({ connection, error }),
    });
    return () => {
      drawing.cancel();
      close();
    };
  }, [id, life]);
  return { value, ...status };
}

export interface FollowingLog extends Following<readonly LogView[]> {
  /** Older lines were dropped. */
  readonly cut: boolean;
}

export function useLog(id: string, life = 0): FollowingLog {
  const [value, setValue] = useState<readonly LogView[]>([]);
  const [status, setStatus] = useState<Status>({ connection: 'connecting' });
  const [cut, setCut] = useState(false);
  useEffect(() => {
    const lines = new Lines(() => setCut(true));
    const drawing = atEase(() => setValue(lines.shown()));
    const close = follow('logs', id, {
      onData: (_, data) => {
        lines.add(JSON.parse(data) as Partial<LogView>);
        drawing.soon();
      },
      onAnew: () => lines.anew(),
      onConnection: (connection, error) => setStatus({ connection, error }),
    });
    return () => {
      drawing.cancel();
      close();
    };
  }, [id, life]);
  return { value, cut, ...status };
}

/** The lines so far, each once, the last LINES_SHOWN_MAX. */
class Lines {
  readonly #onCut: () => void;
  readonly #ids = new Set<string>();
  #lines: LogView[] = [];

  constructor(onCut: () => void) {
    this.#onCut = onCut;
  }

  add(line: Partial<LogView>): void {
    if (typeof line.message !== 'string') return;
    if (line.id !== undefined) {
      if (this.#ids.has(line.id)) return;
      if (this.#ids.size < IDS_MAX) this.#ids.add(line.id);
    }
    this.#push(line as LogView);
    if (this.#lines.length <= 1.1 * LINES_SHOWN_MAX) return;
    // Cut in large bites: a copy for each line beyond the limit would cost more than the line.
    this.#lines = this.#lines.slice(-LINES_SHOWN_MAX);
    this.#onCut();
  }

  /** All lines come again: those that are known stay where they are, so that nobody who reads them sees it. */
  anew(): void {
    if (this.#ids.size < IDS_MAX) return;
    this.#ids.clear();
    this.#lines = [];
  }

  shown(): readonly LogView[] {
    return this.#lines.slice();
  }

  /** Rows are of one height: a message of several lines becomes several rows. */
  #push(line: LogView): void {
    if (!line.message.includes('\n')) this.#lines.push(line);
    else for (const message of line.message.trimEnd().split('\n')) this.#lines.push({ ...line, message });
  }
}
