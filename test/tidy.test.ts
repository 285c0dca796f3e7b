/** The rules of the house (ARCHITECTURE.md, "Rooms"): who may import whom, sizes, one home per package, words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cyclesOf, functionsOf, type SourceFile, sourceFiles } from './support/tree.ts';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;

const files = sourceFiles();
const code = files.filter(({ path }) => !path.startsWith('test/'));

/** Rooms from the ground up: a file imports from its own room and from the rooms that its row names. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'lib/model': [],
  'lib/yaml': ['lib/model'],
  'lib/expression': ['lib', 'lib/model', 'lib/yaml'],
  'lib/flow': ['lib', 'lib/model', 'lib/yaml', 'lib/expression'],
  'lib/trigger': ['lib', 'lib/model', 'lib/expression', 'lib/flow'],
  'lib/condition': ['lib', 'lib/model', 'lib/expression', 'lib/flow'],
  'lib/execution': ['lib', 'lib/model', 'lib/expression', 'lib/flow', 'lib/condition'],
  'lib/graph': ['lib/model'],
  'lib/bus': ['lib', 'lib/model'],
  'lib/repository': ['lib', 'lib/model'],
  'lib/storage': ['lib', 'lib/model'],
  'lib/secret': ['lib', 'lib/model', 'lib/bus'],
  'lib/plugin': [
    'lib',
    'lib/model',
    'lib/expression',
    'lib/flow',
    'lib/condition',
    'lib/trigger',
    'lib/execution',
    'plugins/sdk',
  ],
  'lib/task': [
    'lib',
    'lib/model',
    'lib/expression',
    'lib/flow',
    'lib/execution',
    'lib/storage',
    'lib/secret',
    'lib/plugin',
    'plugins/sdk',
  ],
  'lib/rehearsal': ['lib/model', 'lib/flow', 'lib/execution'],
  'lib/launch': ['lib', 'lib/model', 'lib/bus', 'lib/repository', 'lib/storage', 'lib/secret', 'lib/plugin'],
  // The bottom: configuration, clock, errors, log, metrics, service. `errors` carries the model's Problem.
  lib: ['lib/model'],
  'plugins/sdk': [],
  'plugins/core': ['plugins/sdk'],
  'plugins/http': ['plugins/sdk'],
  'plugins/script': ['plugins/sdk'],
  'web/api': ['lib/model'],
  'web/ui': ['web/api', 'lib/model'],
};
const ANY_LIB = Object.keys(ROOMS).filter((room) => room.startsWith('lib'));
const SERVERS: Readonly<Record<string, readonly string[]>> = {
  'actors/executor': ANY_LIB,
  'actors/worker': [...ANY_LIB, 'plugins/sdk'],
  'actors/scheduler': ANY_LIB,
  'actors/indexer': ANY_LIB,
  'web/server': [...ANY_LIB, 'web/api', 'plugins/sdk'],
  // The command line loads the servers by name, each when it is asked for.
  'web/cli': [
    ...ANY_LIB,
    'plugins/sdk',
    'web/api',
    'web/server',
    'actors/executor',
    'actors/worker',
    'actors/scheduler',
    'actors/indexer',
  ],
};
/** Types only: an item of a queue is an effect of a step. */
const TYPE_ONLY: Readonly<Record<string, readonly string[]>> = {
  'lib/execution': ['lib/bus'],
  'lib/flow': ['lib/bus'],
  'lib/trigger': ['lib/bus'],
  'lib/rehearsal': ['lib/bus'],
};

const ALL_ROOMS = { ...ROOMS, ...SERVERS };
const roomOf = (path: string): string => {
  const known = Object.keys(ALL_ROOMS).filter((room) => path.startsWith(`${room}/`));
  return known.sort((a, b) => b.length - a.length)[0] ?? path.split('/')[0]!;
};

/** A package and the only places that may import it. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  ioredis: ['lib/bus/redis'],
  bullmq: ['lib/bus/redis'],
  kysely: ['lib/repository/sql'],
  pg: ['lib/repository/sql'],
  mysql2: ['lib/repository/sql'],
  'node:sqlite': ['lib/repository/sql'],
  koa: ['web/server'],
  '@koa/router': ['web/server'],
  '@fastify/busboy': ['web/server'],
  yaml: ['lib/yaml'],
  'node:worker_threads': ['actors/worker'],
  croner: ['lib/trigger'],
  'node-cron': ['actors/scheduler', 'actors/indexer'],
  pino: ['lib/log.ts'],
  'prom-client': ['lib/metrics.ts'],
  commander: ['web/cli'],
  react: ['web/ui'],
  'react-dom': ['web/ui'],
  vite: ['web/ui'],
  '@xyflow/react': ['web/ui/src/graph'],
  '@dagrejs/dagre': ['web/ui/src/graph'],
  '@codemirror/view': ['web/ui/src/editor'],
};
const PURE = [
  'lib/model',
  'lib/yaml',
  'lib/expression',
  'lib/flow',
  'lib/condition',
  'lib/trigger',
  'lib/execution',
  'lib/graph',
  'lib/rehearsal',
];
const isIn = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`));
const listed = (faults: readonly string[]): string => faults.join('\n');

test('keeping every import inside what its room rests on', () => {
  const faults = code.flatMap((file) =>
    file.imports.filter((imported) => !mayImport(file, imported)).map((imported) => `${file.path} imports ${imported}`),
  );
  assert.equal(listed(faults), '');
});

function mayImport(file: SourceFile, imported: string): boolean {
  const [room, other] = [roomOf(file.path), roomOf(imported)];
  if (room === other || (ALL_ROOMS[room] ?? []).includes(other)) return true;
  const typed = (TYPE_ONLY[room] ?? []).includes(other);
  return typed && new RegExp(`import type [^;]*${imported.split('/').at(-1)!.replaceAll('.', '\\.')}'`).test(file.text);
}

test('finding no cycle among files, types included', () => {
  assert.equal(listed(cyclesOf(code).map((cycle) => cycle.join(' → '))), '');
});

test('giving every package one home', () => {
  const faults = code.flatMap(({ path, packages }) =>
    packages.filter((name) => HOMES[name] && !isIn(path, HOMES[name])).map((name) => `${path} imports ${name}`),
  );
  assert.equal(listed(faults), '');
});

test('keeping clock, dice, environment and network out of the pure rooms', () => {
  const impure =
    /\bDate\.now\(|\bnew Date\(\)|Math\.random|process\.|\bperformance\.|\bfetch\(|setTimeout|setInterval|randomUUID|randomBytes/;
  const faults = code
    .filter(({ path }) => isIn(path, PURE))
    .flatMap(({ path, lines, packages }) => [
      ...packages
        .filter((name) => name.startsWith('node:') && name !== 'node:crypto')
        .map((name) => `${path} imports ${name}`),
      ...lines.flatMap((line, n) => (impure.test(withoutComment(line)) ? [`${path}:${n + 1} ${line.trim()}`] : [])),
    ]);
  assert.equal(listed(faults), '');
});

const withoutComment = (line: string): string => line.replace(/\/\/.*$|^\s*\*.*$|^\s*\/\*\*.*$/, '');

test('reading the environment and hearing signals in one place each', () => {
  const served = code.filter(({ path }) => path.endsWith('.ts'));
  const faults = served.flatMap(({ path, lines }) =>
    lines.flatMap((line, n) => {
      const environment = /process\.env\b/.test(withoutComment(line)) && path !== 'lib/config.ts';
      const signal = /process\.on(ce)?\(\s*['"`]?SIG|of \['SIG/.test(line) && path !== 'lib/service.ts';
      return environment || signal ? [`${path}:${n + 1} ${line.trim()}`] : [];
    }),
  );
  assert.equal(listed(faults), '');
});

test('keeping files within one sitting and functions within one screen', () => {
  const long = files
    .filter(({ lines }) => lines.length - 1 > FILE_LINES_MAX)
    .map(({ path, lines }) => `${path}: ${lines.length - 1} lines`);
  const functions = code.flatMap(functionsOf).filter(({ length }) => length > FUNCTION_LINES_MAX);
  assert.equal(listed([...long, ...functions.map(({ path, line, length }) => `${path}:${line}: ${length} lines`)]), '');
});

test('opening every file with its contract', () => {
  const faults = code
    .filter(({ path, text }) => /\.(ts|tsx|mjs)$/.test(path) && !/^(#!.*\n)?\/\*\*/.test(text))
    .map(({ path }) => path);
  const scripts = code
    .filter(({ path, text }) => path.endsWith('.lua') && !/^(#!.*\n)?--/.test(text))
    .map(({ path }) => path);
  assert.equal(listed([...faults, ...scripts]), '');
});

test('writing no enum, namespace, any, default export or word without meaning', () => {
  const refused =
    /^\s*(export\s+)?(const\s+)?enum\s|^\s*(export\s+)?namespace\s|:\s*any\b|\bas any\b|@ts-ignore|@ts-expect-error/;
  const names = /(^|[/-])(util|utils|helper|helpers|common|misc|manager|base|impl)([.-]|\/)/;
  const faults = code.flatMap(({ path, lines }) => [
    ...(names.test(path) ? [`${path}: a name without meaning`] : []),
    ...(/\.tsx?$/.test(path)
      ? lines.flatMap((line, n) => (refused.test(withoutComment(line)) ? [`${path}:${n + 1} ${line.trim()}`] : []))
      : []),
  ]);
  assert.equal(listed(faults), '');
});
