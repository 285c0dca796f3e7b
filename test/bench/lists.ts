/**
 * LISTS: how long lists take over a repository that a month of work has filled (`seed.ts`): every filter and sort as the page and
 * Kestra's clients send them, through what the webserver itself does with them, short of HTTP.
 *
 *   node test/bench/lists.ts --nowMs N [--executions 1000000] [--rounds 20] [--only text] (--file windhover.db | --url postgres://…)
 *
 * `--nowMs` as `seed.ts` has printed it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog } from '../../lib/log.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import { executionsAsked, linesAsked } from '../../web/server/routes/searches.ts';
import { DAY_MS } from '../../web/server/views/time-groups.ts';
import type { Result } from './cells.ts';
import { quantile, rounded } from './machine.ts';
import {
  dice,
  executionId,
  FLOWS,
  flowOf,
  NAMESPACES,
  namespaceOf,
  RARE,
  type Seeded,
  seed,
  startMsOf,
} from './seed.ts';

/** Of an execution. */
const LINES = 10;
const ROUNDS = 20;

type Asked = (n: number) => Record<string, string>;

function executionLists(seeded: Seeded): Readonly<Record<string, Asked>> {
  const some = (n: number) => Math.floor(dice(n, 9) * seeded.executions);
  const flow = (n: number) => flowOf(Math.floor(dice(n, 10) * FLOWS));
  const namespace = (n: number) => namespaceOf(n % NAMESPACES);
  const day = (n: number, days = 1) => {
    const fromMs = startMsOf(seeded, 0) + Math.floor(dice(n, 11) * 28) * DAY_MS;
    const iso = (ms: number) => new Date(ms).toISOString();
    return { startDate: iso(fromMs), endDate: iso(fromMs + days * DAY_MS) };
  };
  const states = ['SUCCESS', 'FAILED', 'WARNING', 'KILLED', 'CANCELLED', 'RUNNING', 'PAUSED'];
  return {
    'the newest': () => ({ size: '25' }),
    'page 40': () => ({ size: '25', page: '40' }),
    'page 4,000': () => ({ size: '25', page: '4000' }),
    'a state': (n) => ({ size: '25', state: states[n % states.length]! }),
    'several states': () => ({ size: '25', state: 'FAILED,KILLED,CANCELLED' }),
    'all but a state': () => ({ size: '25', 'filters[state][NOT_EQUALS]': 'SUCCESS' }),
    'a namespace and those below': (n) => ({ size: '25', namespace: namespace(n) }),
    'a namespace alone': (n) => ({ size: '25', 'filters[namespace][EQUALS]': namespace(n) }),
    'a namespace without executions': () => ({ size: '25', namespace: 'company.none' }),
    'all namespaces': () => ({ size: '25', namespace: 'company' }),
    'a flow': (n) => ({ size: '25', namespace: flow(n).namespace, flowId: flow(n).id }),
    'a flow by its id alone': (n) => ({ size: '25', flowId: flow(n).id }),
    'a flow and a state': (n) => ({ size: '25', namespace: flow(n).namespace, flowId: flow(n).id, state: 'CANCELLED' }),
    'a namespace and a state': (n) => ({ size: '25', namespace: namespace(n), state: states[n % states.length]! }),
    'a label that many have': (n) => ({ size: '25', labels: `team:${namespace(n).split('.')[1]}` }),
    'a label that few have': () => ({ size: '25', labels: 'audit:true' }),
    'a label that one has': (n) => ({ size: '25', 'filters[labels][EQUALS][order]': String(some(n)) }),
    'a label that none has': () => ({ size: '25', labels: 'audit:false' }),
    'a label and a state': (n) => ({ size: '25', labels: 'audit:true', state: states[n % states.length]! }),
    'a day': (n) => ({ size: '25', ...day(n) }),
    'a day, a state and a namespace': (n) => ({ size: '25', state: 'FAILED', namespace: namespace(n), ...day(n) }),
    'a text in many names': (n) => ({ size: '25', q: namespace(n).split('.')[1]! }),
    'a text in few names': (n) => ({ size: '25', q: flow(n).id.slice(2) }),
    'a text in a label': (n) => ({ size: '25', q: String(some(n)) }),
    'a text that is nowhere': () => ({ size: '25', q: 'zzqqx' }),
    'a text and a state': (n) => ({ size: '25', q: flow(n).id, state: states[n % states.length]! }),
    'the beginning of an id': (n) => ({
      size: '25',
      'filters[executionId][STARTS_WITH]': executionId(some(n)).slice(0, 1 + (n % 6)),
    }),
    'an id': (n) => ({ size: '25', 'filters[executionId][EQUALS]': executionId(some(n)) }),
    'an id as text': (n) => ({ size: '25', q: executionId(some(n)) }),
    'the oldest': () => ({ size: '25', sort: 'state.startDate:asc' }),
    'the longest': () => ({ size: '25', sort: 'state.duration:desc' }),
    'the last to end': () => ({ size: '25', sort: 'state.endDate:desc' }),
    'by flow': () => ({ size: '25', sort: 'flowId:asc' }),
    'by namespace': () => ({ size: '25', sort: 'namespace:asc' }),
    'by state': () => ({ size: '25', sort: 'state.current:asc' }),
    'by id': () => ({ size: '25', sort: 'id:asc' }),
    'a state, the longest': () => ({ size: '25', state: 'FAILED', sort: 'state.duration:desc' }),
    'those that others have started': () => ({ size: '25', childFilter: 'CHILD' }),
  };
}

function lineLists(seeded: Seeded): Readonly<Record<string, Asked>> {
  const newest = { size: '50', sort: 'timestamp:desc' };
  const some = (n: number) => Math.floor(dice(n, 12) * seeded.executions);
  const flow = (n: number) => flowOf(Math.floor(dice(n, 10) * FLOWS));
  const namespace = (n: number) => namespaceOf(n % NAMESPACES);
  const hour = (n: number) => {
    const fromMs = startMsOf(seeded, some(n));
    return { startDate: new Date(fromMs).toISOString(), endDate: new Date(fromMs + 3_600_000).toISOString() };
  };
  return {
    'the newest lines': () => newest,
    'the oldest lines': () => ({ size: '50' }),
    'a level': (n) => ({ ...newest, minLevel: ['ERROR', 'WARN', 'INFO', 'DEBUG'][n % 4]! }),
    'a namespace': (n) => ({ ...newest, namespace: namespace(n) }),
    'a namespace without lines': () => ({ ...newest, namespace: 'company.none' }),
    'a level of a namespace': (n) => ({ ...newest, namespace: namespace(n), minLevel: 'ERROR' }),
    'a flow': (n) => ({ ...newest, namespace: flow(n).namespace, flowId: flow(n).id }),
    'a level of a flow': (n) => ({ ...newest, flowId: flow(n).id, minLevel: 'ERROR' }),
    'an execution': (n) => ({ ...newest, executionId: executionId(some(n)) }),
    'a text of an execution': (n) => ({ ...newest, executionId: executionId(some(n)), q: 'rows' }),
    'an hour': (n) => ({ ...newest, ...hour(n) }),
    'a level of an hour': (n) => ({ ...newest, ...hour(n), minLevel: 'ERROR' }),
    'a text in many lines': () => ({ ...newest, q: 'invoices' }),
    'a text in few lines': () => ({ ...newest, q: RARE.word }),
    'a text in no line': () => ({ ...newest, q: 'zzqqx' }),
    'a text of an hour': (n) => ({ ...newest, ...hour(n), q: RARE.word }),
    'a text of a level': () => ({ ...newest, q: RARE.word, minLevel: 'ERROR' }),
  };
}

function statistics(repository: Repository, { nowMs }: Seeded): Readonly<Record<string, () => Promise<unknown>>> {
  const span = (days: number) => ({
    ...{ tenant: 'main', fromMs: nowMs - days * DAY_MS, untilMs: nowMs },
    widthMs: days > 1 ? DAY_MS : 3_600_000,
  });
  const flows = Array.from({ length: FLOWS }, (_, k) => flowOf(k));
  return {
    'executions of 30 days': () => repository.countExecutions(span(30)),
    'executions of a day': () => repository.countExecutions(span(1)),
    'executions of a namespace': () => repository.countExecutions({ ...span(30), namespacePrefix: namespaceOf(3) }),
    'executions by namespace': () => repository.countExecutions({ ...span(30), by: 'namespace' }),
    'executions by flow': () => repository.countExecutions({ ...span(30), by: 'flow' }),
    'the latest of each flow': () => repository.latestExecutions('main', flows),
    'lines of 30 days': () => repository.countLines(span(30)),
    'lines of a day': () => repository.countLines(span(1)),
    'errors of a namespace': () =>
      repository.countLines({ ...span(30), namespacePrefix: namespaceOf(3), levels: ['ERROR'] }),
  };
}

export type Timing = Readonly<Record<'p50' | 'p95' | 'max' | 'cpu' | 'rows' | 'total', number>>;

/** Milliseconds; `cpu` is that of this process for a call, which is all of it where the database is a file. */
export async function measureLists(
  repository: Repository,
  seeded: Seeded,
  rounds: number,
  only = '',
): Promise<ReadonlyMap<string, Timing>> {
  const asks = new Map<string, (n: number) => Promise<unknown>>();
  for (const [name, asked] of Object.entries(executionLists(seeded)))
    asks.set(`executions: ${name}`, async (n) =>
      repository.searchExecutions({
        ...(await executionsAsked(new URLSearchParams(asked(n)), repository)),
        bounded: true,
      }),
    );
  for (const [name, asked] of Object.entries(lineLists(seeded)))
    asks.set(`logs: ${name}`, async (n) =>
      repository.lines({ ...(await linesAsked(new URLSearchParams(asked(n)), repository)), bounded: true }),
    );
  for (const [name, ask] of Object.entries(statistics(repository, seeded))) asks.set(`statistics: ${name}`, ask);
  const timings = new Map<string, Timing>();
  for (const [name, ask] of asks) {
    if (!name.includes(only)) continue;
    const samples: number[] = [];
    const before = process.cpuUsage();
    let last: { rows?: readonly unknown[]; total?: number } = {};
    for (let n = 0; n < rounds; n++) {
      const began = performance.now();
      last = (await ask(n)) as typeof last;
      samples.push(performance.now() - began);
    }
    const { user, system } = process.cpuUsage(before);
    const [p50, p95, max] = [quantile(samples, 0.5), quantile(samples, 0.95), Math.max(...samples)].map(rounded);
    const cpu = rounded((user + system) / 1_000 / rounds);
    timings.set(name, { p50: p50!, p95: p95!, max: max!, cpu, rows: last.rows?.length ?? 0, total: last.total ?? 0 });
  }
  return timings;
}

/** LISTS: p95 of each list over a repository that is filled for it: a file, or the server at BENCH_DATABASE_URL, which must be empty. */
export async function measureSeededLists(executions: number, url?: string): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-lists-'));
  const repository = openSqlRepository({ file: join(folder, 'lists.db'), ...(url ? { url } : {}), log: silentLog });
  try {
    await repository.open();
    const seeded = { executions, lines: LINES, nowMs: Date.now() };
    const began = performance.now();
    await seed(repository, seeded);
    const seconds = (performance.now() - began) / 1_000;
    const timings = await measureLists(repository, seeded, ROUNDS);
    const p95s = [...timings].map(([name, { p95 }]) => [`p95Ms.${name}`, p95] as const);
    const worst = Math.max(...p95s.map(([, p95]) => p95));
    return { 'seed.seconds': rounded(seconds), 'p95Ms.worst': worst, ...Object.fromEntries(p95s) };
  } finally {
    await repository.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      executions: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '20' },
      only: { type: 'string', default: '' },
      nowMs: { type: 'string' },
      file: { type: 'string', default: '' },
      url: { type: 'string' },
    },
  });
  const { file, url, nowMs } = values;
  if ((file === '' && !url) || !nowMs) throw new Error('expected --nowMs and --file or --url, got less');
  const repository = openSqlRepository({ file, ...(url ? { url } : {}), log: silentLog });
  await repository.open();
  const seeded = { executions: Number(values.executions), lines: LINES, nowMs: Number(nowMs) };
  for (const [name, timing] of await measureLists(repository, seeded, Number(values.rounds), values.only))
    console.log(
      `${name.padEnd(52)} ${Object.entries(timing)
        .map(([key, value]) => `${key} ${value}`.padEnd(13))
        .join(' ')}`,
    );
  await repository.close();
}
