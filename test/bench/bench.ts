/**
 * `npm run bench`: Windhover beside the floors, in turn, five pairs; the medians of the ratios count. Tables as Markdown on
 * stdout, everything as JSON in bench-results/.
 *
 *   npm run bench -- [--cells s10,p100,b1,big,sleep,idle,language,lists] [--rows 1000000] [--pairs 5] [--seconds 5] [--floors DIR]
 *
 * `lists` fills a repository with so many executions and ten times the log lines (6 GB), and the one at BENCH_DATABASE_URL too.
 * --floors DIR runs DIR/floor.mjs in the same rounds too and fails where our floors cost over 20 % more CPU than it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../support/tree.ts';
import type { Cell, Result } from './cells.ts';
import { measureLanguage } from './language.ts';
import { measureSeededLists } from './lists.ts';
import { median, rounded } from './machine.ts';
import { measureFloor, measureProduct } from './measure.ts';
import { measureBig, measureIdle, measureLight, measureSleep } from './single.ts';

const FLOOR_COST_MAX = 1.2;

const { values: options } = parseArgs({
  options: {
    cells: { type: 'string', default: 's10,p100,b1,big,sleep,idle,language' },
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    floors: { type: 'string' },
    rows: { type: 'string', default: '1000000' },
  },
});
const chosen = new Set(options.cells.split(','));
const seconds = Number(options.seconds);
const results: Record<string, Result[]> = {};
const take = async (name: string, measure: () => Promise<Result> | Result) => {
  const result = await measure();
  (results[name] ??= []).push(result);
  console.log(JSON.stringify({ name, ...result }));
};

const given = (floor: string, flow?: string): Result => {
  const args = [
    join(options.floors!, 'floor.mjs'),
    floor,
    '--rounds',
    '1',
    '--seconds',
    options.seconds,
    ...(flow ? ['--flow', flow] : []),
  ];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  return JSON.parse(printed.split('\n').find((line) => line.startsWith('{'))!) as Result;
};

for (let pair = 1; pair <= Number(options.pairs); pair++) {
  if (chosen.has('b1')) {
    await take('F-queue', () => measureFloor({ floor: 'queue' }, seconds));
    if (options.floors) await take('given F-queue', () => given('queue'));
    await take('B1', measureLight);
  }
  for (const flow of ['s10', 'p100'] as const) {
    if (!chosen.has(flow)) continue;
    for (const floor of ['loop', 'parcel'] as const) {
      const cell: Cell = { floor, flow };
      await take(`F-${floor} ${flow}`, () => measureFloor(cell, seconds));
      if (options.floors) await take(`given F-${floor} ${flow}`, () => given(floor, flow));
    }
    await take(`Windhover ${flow}`, () => measureProduct({ flow }, seconds));
  }
  if (chosen.has('big')) await take('BIG', measureBig);
  if (chosen.has('sleep')) await take('SLEEP', measureSleep);
}
if (chosen.has('idle')) await take('IDLE', measureIdle);
if (chosen.has('lists')) {
  await take('LISTS', () => measureSeededLists(Number(options.rows)));
  const url = process.env.BENCH_DATABASE_URL;
  if (url) await take('LISTS server', () => measureSeededLists(Number(options.rows), url));
}
if (chosen.has('language')) await take('LANGUAGE', measureLanguage);

/** The median over pairs of a's figure as a multiple of b's. */
function ratio(a: string, b: string, figure: string): number | undefined {
  const [of, to] = [results[a], results[b]];
  if (!of || !to) return undefined;
  return rounded(median(of.map((result, n) => result[figure]! / to[n]![figure]!)));
}

const CPU = 'cpuMicros.total';
const atLeast = (bound: number) => ({ goal: `≥ ${bound.toFixed(1)}`, reached: (value: number) => value >= bound });
const atMost = (bound: number) => ({ goal: `≤ ${bound}`, reached: (value: number) => value <= bound });

interface Goal {
  readonly name: string;
  readonly goal: string;
  readonly reached: (value: number) => boolean;
  readonly value: number | undefined;
  /** Beside the floor that was given, which is warmed for two seconds and speaks TCP. */
  readonly beside?: number;
}

/** A cell's figure as a multiple of its floor's. */
function besideFloor(
  name: string,
  cell: string,
  figure: string,
  floor: string,
  bound: Pick<Goal, 'goal' | 'reached'>,
): Goal {
  const given = `given ${floor}`;
  return {
    name,
    ...bound,
    value: ratio(cell, floor, figure),
    beside: results[given] && ratio(cell, given, figure),
  };
}

const RATE = 'taskRunsPerSecond';
const goals: readonly Goal[] = [
  besideFloor('S10 task runs/s ÷ F-loop', 'Windhover s10', RATE, 'F-loop s10', atLeast(1)),
  besideFloor('P100 task runs/s ÷ F-loop', 'Windhover p100', RATE, 'F-loop p100', atLeast(1.5)),
  besideFloor('S10 CPU ÷ F-parcel', 'Windhover s10', CPU, 'F-parcel s10', atMost(4)),
  besideFloor('P100 CPU ÷ F-loop', 'Windhover p100', CPU, 'F-loop p100', atMost(0.7)),
  besideFloor('B1 p50 ÷ F-queue alone p50', 'B1', 'aloneMs.p50', 'F-queue', atMost(6)),
  { name: 'BIG CPU ÷ P100 CPU', ...atMost(1.3), value: ratio('BIG', 'Windhover p100', CPU) },
  {
    name: '100 × Sleep 1 s, s',
    ...atMost(1.8),
    value: results.SLEEP && rounded(median(results.SLEEP.map((result) => result.seconds!))),
  },
  { name: 'slowest list, p95 ms', ...atMost(200), value: results.LISTS?.[0]?.['p95Ms.worst'] },
  { name: 'slowest list of a server, p95 ms', ...atMost(200), value: results['LISTS server']?.[0]?.['p95Ms.worst'] },
  { name: 'standalone idle, PSS MiB', ...atMost(250), value: results.IDLE?.[0]?.['pssMiB.standalone'] },
];
const rows = goals
  .filter(({ value }) => value !== undefined)
  .map(
    ({ name, value, beside, goal, reached }) =>
      `| ${name} | ${value} | ${beside ?? '–'} | ${goal} | ${reached(value!) ? 'yes' : 'NO'} |`,
  );
console.log(`\n| | median | beside the given floor | goal | reached |\n|---|---|---|---|---|\n${rows.join('\n')}`);

const figures = [
  ...new Set(Object.values(results).flatMap((list) => list.flatMap((result) => Object.keys(result)))),
].filter((figure) => Object.values(results).some((list) => typeof list[0]![figure] === 'number'));
const names = Object.keys(results);
const cellOf = (name: string, figure: string): string => {
  const numbers = results[name]!.map((result) => result[figure]).filter((value) => typeof value === 'number');
  return numbers.length > 0 ? String(rounded(median(numbers))) : '–';
};
const table = figures.map((figure) => `| ${figure} | ${names.map((name) => cellOf(name, figure)).join(' | ')} |`);
console.log(`\n| median | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}\n${table.join('\n')}`);

mkdirSync(join(ROOT, 'bench-results'), { recursive: true });
writeFileSync(
  join(ROOT, 'bench-results', `${new Date().toISOString().replaceAll(':', '-')}.json`),
  JSON.stringify({ options, results }, null, 1),
);

for (const name of names.filter((known) => known.startsWith('given '))) {
  const cost = ratio(name.slice('given '.length), name, CPU)!;
  if (cost > FLOOR_COST_MAX) {
    console.error(
      `expected our ${name.slice('given '.length)} to cost at most ${FLOOR_COST_MAX} × the given one, got ${cost} ×`,
    );
    process.exitCode = 1;
  }
}
