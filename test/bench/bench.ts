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

/** The median over pairs of (a's figure / b's figure), pair by pair. */
function ratio(a: string, figureOfA: string, b: string, figureOfB = figureOfA): number | undefined {
  const [of, to] = [results[a], results[b]];
  if (!of || !to) return undefined;
  return rounded(median(of.map((result, n) => result[figureOfA]! / to[n]![figureOfB]!)));
}

const CPU = 'cpuMicros.total';
const goals: readonly (readonly [
  name: string,
  value: number | undefined,
  goal: string,
  reached: (value: number) => boolean,
])[] = [
  [
    'S10 task runs/s ÷ F-loop',
    ratio('Windhover s10', 'taskRunsPerSecond', 'F-loop s10'),
    '≥ 1.0',
    (value) => value >= 1,
  ],
  [
    'P100 task runs/s ÷ F-loop',
    ratio('Windhover p100', 'taskRunsPerSecond', 'F-loop p100'),
    '≥ 1.5',
    (value) => value >= 1.5,
  ],
  ['S10 CPU ÷ F-parcel', ratio('Windhover s10', CPU, 'F-parcel s10'), '≤ 4', (value) => value <= 4],
  ['P100 CPU ÷ F-loop', ratio('Windhover p100', CPU, 'F-loop p100'), '≤ 0.7', (value) => value <= 0.7],
  ['B1 p50 ÷ F-queue alone p50', ratio('B1', 'aloneMs.p50', 'F-queue', 'aloneMs.p50'), '≤ 6', (value) => value <= 6],
  ['BIG CPU ÷ P100 CPU', ratio('BIG', CPU, 'Windhover p100', CPU), '≤ 1.3', (value) => value <= 1.3],
  [
    '100 × Sleep 1 s, s',
    results.SLEEP && rounded(median(results.SLEEP.map((result) => result.seconds!))),
    '≤ 1.8',
    (value) => value <= 1.8,
  ],
  ['slowest list, p95 ms', results.LISTS?.[0]?.['p95Ms.worst'], '≤ 200', (value) => value <= 200],
  ['slowest list of a server, p95 ms', results['LISTS server']?.[0]?.['p95Ms.worst'], '≤ 200', (value) => value <= 200],
  ['standalone idle, PSS MiB', results.IDLE?.[0]?.['pssMiB.standalone'], '≤ 250', (value) => value <= 250],
];
const rows = goals
  .filter(([, value]) => value !== undefined)
  .map(([name, value, goal, reached]) => `| ${name} | ${value} | ${goal} | ${reached(value!) ? 'yes' : 'NO'} |`);
console.log(`\n| | median | goal | reached |\n|---|---|---|---|\n${rows.join('\n')}`);

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
  const cost = ratio(name.slice('given '.length), CPU, name)!;
  if (cost > FLOOR_COST_MAX) {
    console.error(
      `expected our ${name.slice('given '.length)} to cost at most ${FLOOR_COST_MAX} × the given one, got ${cost} ×`,
    );
    process.exitCode = 1;
  }
}
