/** An execution's task runs as lines of a tree: a sign, the task, its state, how long. Pure: now and colours are handed in. */
import type { ExecutionAnswer, StateAnswer, TaskRunAnswer } from '../client.ts';

export interface TreeOptions {
  /** Milliseconds since 1970: up to when running ones have run. */
  readonly nowMs: number;
  readonly colour: boolean;
  /** Lines to fit into; of more task runs, the ended ones that succeeded go first. */
  readonly linesMax?: number;
}

const SIGNS: Readonly<Record<string, string>> = {
  SUCCESS: '✔',
  WARNING: '!',
  FAILED: '✘',
  KILLED: '✘',
  CANCELLED: '✘',
  RUNNING: '▶',
  SKIPPED: '-',
  RETRIED: '↻',
  RETRYING: '↻',
};
const COLOURS: Readonly<Record<string, number>> = {
  SUCCESS: 32,
  WARNING: 33,
  FAILED: 31,
  KILLED: 35,
  CANCELLED: 35,
  RUNNING: 36,
  RETRYING: 33,
  PAUSED: 33,
};
const DULL = 90;
const LINES_MAX = 200;

interface Node {
  readonly run: TaskRunAnswer;
  /** The branches drawn left of it. */
  readonly lead: string;
}

export function treeLines(execution: ExecutionAnswer, options: TreeOptions): string[] {
  const nodes = nodesOf(execution.taskRunList ?? []);
  const shown = fitting(nodes, (options.linesMax ?? LINES_MAX) - 1);
  const width = Math.max(0, ...shown.map(({ run, lead }) => lead.length + nameOf(run).length));
  const head = `${signed(execution.state.current, options)} ${execution.namespace}.${execution.flowId}  ${stateText(execution.state, options)}`;
  const lines = shown.map(({ run, lead }) => {
    const name = nameOf(run).padEnd(width - lead.length);
    const attempts = (run.attempts?.length ?? 0) > 1 ? `, attempt ${run.attempts!.length}` : '';
    const reason = run.reason && run.state.current !== 'SUCCESS' ? `  ${run.reason.split('\n')[0]}` : '';
    return `${painted(lead, DULL, options)}${signed(run.state.current, options)} ${name}  ${stateText(run.state, options)}${attempts}${reason}`;
  });
  const left = nodes.length - shown.length;
  const more =
    left > 0
      ? [painted(`   and ${left} more (${countsOf(nodes.filter((node) => !shown.includes(node)))})`, DULL, options)]
      : [];
  return [head, ...lines, ...more];
}

/** Parents before children, siblings in the order of the list; a stack, since depth is the user's. */
function nodesOf(runs: readonly TaskRunAnswer[]): Node[] {
  const known = new Set(runs.map(({ id }) => id));
  const below = new Map<string | undefined, TaskRunAnswer[]>();
  for (const run of runs) {
    const parent =
      run.parentTaskRunId !== undefined && known.has(run.parentTaskRunId) ? run.parentTaskRunId : undefined;
    const siblings = below.get(parent);
    if (siblings) siblings.push(run);
    else below.set(parent, [run]);
  }
  const nodes: Node[] = [];
  const stack = entriesOf(below.get(undefined), '');
  for (let next = stack.pop(); next; next = stack.pop()) {
    nodes.push({ run: next.run, lead: `${next.before}${next.last ? '└─ ' : '├─ '}` });
    stack.push(...entriesOf(below.get(next.run.id), `${next.before}${next.last ? '   ' : '│  '}`));
  }
  return nodes;
}

/** Last first, as a stack wants them. */
function entriesOf(
  runs: readonly TaskRunAnswer[] = [],
  before: string,
): { run: TaskRunAnswer; before: string; last: boolean }[] {
  return runs.map((run, n) => ({ run, before, last: n === runs.length - 1 })).reverse();
}

/** All of them, or those that a person looks for: what failed, what runs, then the first ones. */
function fitting(nodes: readonly Node[], max: number): readonly Node[] {
  if (nodes.length <= max) return nodes;
  const room = Math.max(1, max - 1);
  const rank = ({ run: { state } }: Node): number =>
    state.current === 'FAILED' ? 0 : state.endDate === undefined ? 1 : 2;
  const chosen = new Set([...nodes].sort((a, b) => rank(a) - rank(b)).slice(0, room));
  return nodes.filter((node) => chosen.has(node));
}

function countsOf(nodes: readonly Node[]): string {
  const counts = Map.groupBy(nodes, ({ run }) => run.state.current);
  return [...counts].map(([state, of]) => `${of.length} ${state}`).join(', ');
}

const nameOf = ({ taskId, value }: TaskRunAnswer): string =>
  value === undefined ? taskId : `${taskId} [${value.split('\n')[0]!.slice(0, 40)}]`;

const signed = (state: string, options: TreeOptions): string =>
  painted(SIGNS[state] ?? '·', COLOURS[state] ?? DULL, options);

function stateText({ current, startDate, endDate, histories }: StateAnswer, options: TreeOptions): string {
  const start = startDate ?? histories[0]?.date;
  const length =
    start === undefined ? '' : `  ${spanText((endDate ? Date.parse(endDate) : options.nowMs) - Date.parse(start))}`;
  return `${painted(current, COLOURS[current] ?? DULL, options)}${length}`;
}

const painted = (text: string, colour: number, { colour: wanted }: TreeOptions): string =>
  wanted && text !== '' ? `\u001b[${colour}m${text}\u001b[0m` : text;

export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
}
