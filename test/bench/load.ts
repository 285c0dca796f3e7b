/** The load client: starts executions over REST, keeps a window of them in flight, waits for each end on its own request. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Cell, FLOWS, latencies } from './cells.ts';
import { Client } from './client.ts';
import { monotonicMs } from './machine.ts';
import { serveRole } from './role.ts';

const NAMESPACE = 'windhover.bench';
const RETURN = 'io.kestra.plugin.core.debug.Return';
/** A task run's input and answer are 100 characters each, as on the floors. */
const VALUE = 'x'.repeat(100);

interface LoadCell extends Cell {
  readonly url: string;
  readonly token: string;
  /** A name of SOURCES where the cell is no flow of the floors. */
  readonly source?: keyof typeof SOURCES;
  readonly window?: number;
}

const task = (id: string, indent = '  '): string =>
  `${indent}- id: ${id}\n${indent}  type: ${RETURN}\n${indent}  format: ${VALUE}\n`;
const tasks = (count: number, indent?: string): string =>
  Array.from({ length: count }, (_, n) => task(`t${n}`, indent)).join('');

export const SOURCES = {
  b1: `tasks:\n${tasks(2)}`,
  s10: `tasks:\n${tasks(10)}`,
  p100: `tasks:\n  - id: all\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n${tasks(100, '      ')}`,
  big: `tasks:\n${task('first')}  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    concurrencyLimit: 0\n    values: "{{ range(1, 10000) }}"\n    tasks:\n      - id: body\n        type: ${RETURN}\n        format: "{{ outputs.first.value }}"\n`,
  sleep: `tasks:\n  - id: nap\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT1S\n`,
} as const;

const { positionals } = parseArgs({ allowPositionals: true, options: { role: { type: 'string' } } });
const cell = JSON.parse(positionals[0]!) as LoadCell;
const client = new Client(cell.url, cell.token);

async function send(path: string, type: string, body: string): Promise<string> {
  const answer = await client.send('POST', `/api/v1/main${path}`, type, body);
  if (answer.status < 300) return answer.body;
  throw new Error(`expected POST ${path} to succeed, got ${answer.status} ${answer.body.slice(0, 300)}`);
}

const name = cell.source ?? cell.flow!;
await send('/flows', 'application/x-yaml', `id: ${name}\nnamespace: ${NAMESPACE}\n${SOURCES[name]}`);

async function execute(): Promise<number> {
  const fromMs = monotonicMs();
  const text = await send(`/executions/${NAMESPACE}/${name}?wait=true&brief=true`, 'application/json', '{}');
  const state = /"state":\{"current":"([A-Z]+)"/.exec(text)?.[1];
  if (state !== 'SUCCESS') throw new Error(`expected SUCCESS, got ${state} in ${text.slice(0, 300)}`);
  return monotonicMs() - fromMs;
}

let [ended, flying, window] = [0, 0, 0];
const failed = (error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
};
const fill = () => {
  while (flying < window) {
    flying++;
    execute().then(() => {
      ended++;
      flying--;
      fill();
    }, failed);
  }
};
const runs = cell.flow ? FLOWS[cell.flow].runs : 1;

serveRole({
  load: () => {
    window = cell.window ?? FLOWS[cell.flow!].window;
    fill();
  },
  count: () => ended * runs,
  drain: async () => {
    for (window = 0; flying > 0; ) await sleep(5);
  },
  /** One after another. */
  alone: async () => {
    for (window = 0; flying > 0; ) await sleep(5);
    return latencies(async () => ({ alone: await execute() }));
  },
  /** One execution; its milliseconds. */
  one: execute,
  /** A hundred at once; the milliseconds until the last has ended. */
  hundred: async () => {
    const fromMs = monotonicMs();
    await Promise.all(Array.from({ length: 100 }, execute));
    return monotonicMs() - fromMs;
  },
});
