/**
 * An execution as it goes on, in a terminal: on a TTY a tree that is drawn anew in its place, elsewhere a line for each
 * change of state and the tree at the end.
 */
import { stripVTControlCharacters } from 'node:util';
import { FollowedExecution } from '../../api/following.ts';
import type { Client, ExecutionAnswer, LineAnswer } from '../client.ts';
import { treeLines } from './tree.ts';

/** How often durations move. */
const DRAW_MS = 100;
/** Lines of the terminal that stay free below the tree. */
const FREE_LINES = 2;
/** Of a terminal that does not say how large it is, or says 0. */
const ROWS = 24;
const COLUMNS = 80;
const CLEAR = '\u001b[J';

export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface FollowOptions {
  readonly out: Terminal;
  /** Lines of the log as well. */
  readonly logs: boolean;
  readonly signal?: AbortSignal;
}

/** Follows to the end and returns the execution as it ended; undefined when `signal` ended the looking. */
export async function followLive(
  client: Client,
  id: string,
  { out, logs, signal }: FollowOptions,
): Promise<ExecutionAnswer | undefined> {
  const screen = out.isTTY ? redrawn(out) : lineByLine(out);
  const log = logs ? followLog(client, id, screen, signal) : undefined;
  const followed = new FollowedExecution();
  let last: ExecutionAnswer | undefined;
  try {
    for await (const event of client.follow(`/executions/${id}/follow`, signal)) {
      followed.take(event);
      last = followed.execution as ExecutionAnswer | undefined;
      if (last) screen.show(last);
    }
    await log;
  } finally {
    screen.end();
  }
  return signal?.aborted ? undefined : last;
}

async function followLog(client: Client, id: string, screen: Screen, signal?: AbortSignal): Promise<void> {
  for await (const event of client.follow(`/logs/${id}/follow`, signal)) {
    if (event.data === '') continue;
    const line = JSON.parse(event.data) as Partial<LineAnswer>;
    if (line.message !== undefined) screen.say(lineText(line as LineAnswer));
  }
}

export const lineText = ({ timestamp, level, taskId = '', message }: LineAnswer): string =>
  `${timestamp.slice(11, 23)} ${level.padEnd(5)} ${taskId}  ${message}`;

interface Screen {
  show(execution: ExecutionAnswer): void;
  /** A line that stays, above what is drawn anew. */
  say(line: string): void;
  end(): void;
}

function redrawn(out: Terminal): Screen {
  let drawn = 0;
  let shown: ExecutionAnswer | undefined;
  const draw = (above = ''): void => {
    const linesMax = Math.max(3, (out.rows || ROWS) - FREE_LINES);
    const lines = shown ? treeLines(shown, { nowMs: Date.now(), colour: true, linesMax }) : [];
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    out.write(`${up}\r${CLEAR}${above}${lines.map((line) => `${cutTo(line, out.columns || COLUMNS)}\n`).join('')}`);
    drawn = lines.length;
  };
  const timer = setInterval(() => draw(), DRAW_MS);
  return {
    show: (execution) => {
      shown = execution;
    },
    say: (line) => draw(`${line}\n`),
    end: () => {
      clearInterval(timer);
      draw();
    },
  };
}

/** A line that wraps would be counted as one and drawn as two. */
function cutTo(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`;
}

function lineByLine(out: Terminal): Screen {
  const states = new Map<string, string>();
  let shown: ExecutionAnswer | undefined;
  return {
    show: (execution) => {
      shown = execution;
      for (const run of execution.taskRunList ?? []) {
        const { current } = run.state;
        if (states.get(run.id) === current) continue;
        states.set(run.id, current);
        const at = run.state.histories.at(-1)?.date.slice(11, 23) ?? '';
        out.write(`${at} ${current.padEnd(9)} ${run.taskId}${run.value === undefined ? '' : ` [${run.value}]`}\n`);
      }
    },
    say: (line) => out.write(`${line}\n`),
    end: () => {
      if (shown) out.write(`${treeLines(shown, { nowMs: Date.now(), colour: false }).join('\n')}\n`);
    },
  };
}
