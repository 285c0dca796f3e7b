/**
 * Fills a repository as an installation fills it in a month: executions of 200 flows in 20 namespaces, ten log lines each, in
 * big transactions through the repository's own `write`. The same numbers give the same rows.
 *
 *   node test/bench/seed.ts [--executions 1000000] [--lines 10] (--file windhover.db | --url postgres://…)
 */
import { parseArgs } from 'node:util';
import { silentLog } from '../../lib/log.ts';
import { derivedId } from '../../lib/model/ids.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { State } from '../../lib/model/state.ts';
import { versionOf } from '../../lib/model/version.ts';
import type { Batch, ExecutionRow, FlowRow, Repository } from '../../lib/repository/repository.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import { DAY_MS } from '../../web/server/views/time-groups.ts';

export interface Seeded {
  readonly executions: number;
  /** Of each execution. */
  readonly lines: number;
  /** When the last one began, milliseconds since 1970. */
  readonly nowMs: number;
}

export const NAMESPACES = 20;
export const FLOWS = 200;
const DAYS = 30;
/** Executions of a transaction. */
const AT_ONCE = 1_000;
/** Transactions at the same time, of a server. */
const WRITERS = 4;
const TEAMS = ['data', 'web', 'ops', 'sales', 'finance', 'search', 'mail', 'risk', 'stock', 'people'];
const VERBS = ['loaded', 'wrote', 'sent', 'read', 'checked', 'joined', 'sorted', 'skipped'];
const THINGS = ['rows of orders', 'files of the partner', 'messages', 'invoices', 'prices', 'addresses', 'pictures'];
/** Of a hundred; the rest ends well. */
const STATES: readonly (readonly [state: State, upTo: number])[] = [
  ['FAILED', 5],
  ['WARNING', 7],
  ['KILLED', 7.5],
  ['CANCELLED', 7.6],
];
/** The newest of them go on. */
const RUNNING = 100;
/** A word that stands in one line of so many. */
export const RARE = { word: 'quarantined', eachOf: 100_000 };

/** A number from 0 to 1 that follows from `n`: splitmix32. */
export function dice(n: number, salt = 0): number {
  let x = (Math.imul(n, 0x9e3779b9) + Math.imul(salt, 0x85ebca6b)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 0x1_0000_0000;
}

export const executionId = (n: number): string => derivedId('bench', n);
export const flowOf = (k: number) => ({
  namespace: namespaceOf(k % NAMESPACES),
  id: `${VERBS[k % VERBS.length]}-${THINGS[k % THINGS.length]!.split(' ')[0]}-${k}`,
});
/** Some below others. */
export const namespaceOf = (k: number): string =>
  `company.${TEAMS[k % TEAMS.length]}${k < TEAMS.length ? '' : '.batch'}`;
export const startMsOf = ({ executions, nowMs }: Seeded, n: number): number =>
  Math.floor(nowMs - ((executions - n) / executions) * DAYS * DAY_MS);
/** A few flows have most of the executions. */
const flowNumber = (n: number): number => Math.floor(dice(n, 1) ** 2 * FLOWS);

function stateOf(seeded: Seeded, n: number): State {
  if (n >= seeded.executions - RUNNING) return 'RUNNING';
  const hundredth = dice(n, 2) * 100;
  return STATES.find(([, upTo]) => hundredth < upTo)?.[0] ?? 'SUCCESS';
}

function executionRow(seeded: Seeded, n: number): ExecutionRow {
  const [id, flow, startMs, state] = [executionId(n), flowOf(flowNumber(n)), startMsOf(seeded, n), stateOf(seeded, n)];
  const [runMs, endMs] = [startMs + 5, startMs + 20 + Math.floor(dice(n, 3) ** 4 * 600_000)];
  const taskRun = { id: derivedId(id, 'task'), taskId: 'work', index: 0 };
  const history = [['CREATED', startMs], ['RUNNING', runMs], ...(state === 'RUNNING' ? [] : [[state, endMs]])] as const;
  const labels = { team: TEAMS[n % TEAMS.length]!, order: String(n), ...(n % 1_000 === 0 ? { audit: 'true' } : {}) };
  return {
    id,
    version: versionOf(1, n),
    start: {
      ...{ id, originalId: id, principal: 'bench', createdAtMs: startMs, incarnation: 1 },
      flow: { tenant: 'main', ...flow, revision: 1, hash: 'bench' },
      inputs: { day: new Date(startMs).toISOString().slice(0, 10), count: n },
    },
    head: { history: history as never, labels, taskRuns: 1 },
    taskRuns: [[taskRun, JSON.stringify({ ...taskRun, list: 'tasks', history, attempts: [], outputs: { rows: n } })]],
    removedTaskRuns: [],
  };
}

function linesOf(seeded: Seeded, n: number): readonly LogLine[] {
  const [executionIdOfN, flow, startMs] = [executionId(n), flowOf(flowNumber(n)), startMsOf(seeded, n)];
  const taskRunId = derivedId(executionIdOfN, 'task');
  return Array.from({ length: seeded.lines }, (_, k) => {
    const number = n * seeded.lines + k;
    const level =
      dice(number, 4) < 0.02 ? 'ERROR' : dice(number, 5) < 0.05 ? 'WARN' : dice(number, 6) < 0.3 ? 'DEBUG' : 'INFO';
    const rare = number % RARE.eachOf === 0 ? `, ${RARE.word} ${number}` : '';
    const [verb, thing] = [VERBS[number % VERBS.length], THINGS[Math.floor(dice(number, 7) * THINGS.length)]];
    return {
      ...{ id: `${taskRunId}/1/t/${k}`, executionId: executionIdOfN, namespace: flow.namespace, flowId: flow.id },
      ...({ taskId: 'work', taskRunId, attempt: 1, level, atMs: startMs + 5 + k } as const),
      message: `${verb} ${Math.floor(dice(number, 8) * 1e6)} ${thing} in ${number % 977} ms${rare}`,
    };
  });
}

const flowRows = (nowMs: number): readonly FlowRow[] =>
  Array.from({ length: FLOWS }, (_, k) => {
    const { namespace, id } = flowOf(k);
    const source = `id: ${id}\nnamespace: ${namespace}\ntasks:\n  - id: work\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n`;
    const at = { deleted: false, atMs: nowMs - DAYS * DAY_MS, version: versionOf(1, 1) };
    return { tenant: 'main', namespace, id, revision: 1, source, ...at };
  });

function batchOf(seeded: Seeded, from: number): Batch {
  const numbers = Array.from({ length: Math.min(AT_ONCE, seeded.executions - from) }, (_, k) => from + k);
  return {
    executions: numbers.map((n) => executionRow(seeded, n)),
    lines: numbers.flatMap((n) => linesOf(seeded, n)),
    flows: [],
    cursors: new Map(),
  };
}

/** `told` after each transaction: how many executions are there. */
export async function seed(
  repository: Repository,
  seeded: Seeded,
  told: (written: number) => void = () => {},
): Promise<void> {
  await repository.write({ executions: [], lines: [], flows: flowRows(seeded.nowMs), cursors: new Map() });
  let [next, written] = [0, 0];
  const writer = async () => {
    while (next < seeded.executions) {
      const from = next;
      next += AT_ONCE;
      await repository.write(batchOf(seeded, from));
      written += AT_ONCE;
      told(Math.min(written, seeded.executions));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      executions: { type: 'string', default: '1000000' },
      lines: { type: 'string', default: '10' },
      file: { type: 'string', default: '' },
      url: { type: 'string' },
    },
  });
  const { file, url } = values;
  if (file === '' && !url) throw new Error('expected --file or --url, got neither');
  const repository = openSqlRepository({ file, ...(url ? { url } : {}), log: silentLog });
  await repository.open();
  const seeded = { executions: Number(values.executions), lines: Number(values.lines), nowMs: Date.now() };
  const began = performance.now();
  await seed(repository, seeded, (written) => {
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    if (written % 20_000 === 0) console.log(`${written} executions, ${written * seeded.lines} lines, ${seconds} s`);
  });
  console.log(JSON.stringify(seeded));
  await repository.close();
}
