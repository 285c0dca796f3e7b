/** One of each is added to a copy of the tree, as ARCHITECTURE.md says: a file of its own and a line in a table, nothing else. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { anInstallation, type Installation } from '../support/server.ts';
import { ROOT } from '../support/tree.ts';

const NEEDED = ['lib', 'actors', 'web', 'plugins', 'package.json'];

interface Addition {
  readonly file: string;
  readonly source: string;
  /** The table's file is `table.ts` beside it. */
  readonly name: string;
  /** The line in the table, and the one that it stands behind. */
  readonly line: string;
  readonly behind: RegExp;
}

const ADDITIONS: readonly Addition[] = [
  {
    file: 'lib/execution/flowable/backwards.ts',
    name: 'BACKWARDS',
    source: `/** Backwards: one task after the other, the last one first. */
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';

export const BACKWARDS: Flowable = {
  ...flowableEntry({ type: 'test.flow.Backwards', title: 'Run tasks from the last one to the first' }),
  *next({ tasks, scope }) {
    const { created, live } = scope;
    if (live === 0 && created < tasks.length) yield { task: tasks[tasks.length - 1 - created]!, follows: true };
  },
  complete: ({ tasks, scope }) => scope.live === 0 && scope.created >= tasks.length,
};
`,
    line: '  BACKWARDS,',
    behind: /^ {2}SUBFLOW,$/m,
  },
  {
    file: 'lib/expression/filters/shout.ts',
    name: 'shout',
    source: `/** shout: a text, loudly. */
import type { Filter } from '../callable.ts';
import { textOf } from './argument.ts';

export const shout: Filter = { parameters: [], apply: (input) => \`\${textOf(input, 'what is shouted')}!\` };
`,
    line: '  shout,',
    behind: /^export const FILTERS.*$/m,
  },
  {
    file: 'lib/flow/input/even.ts',
    name: 'even',
    source: `/** EVEN: a whole number that two divides. */
import { type InputKind, refusal } from './kind.ts';

export const even: InputKind = {
  javaClass: 'EvenInput',
  options: [],
  cast: (value) => ({ value: Number(value) }),
  limit: (value) => (Number(value) % 2 === 0 ? undefined : refusal('an even number', value, 'it must be even')),
};
`,
    line: '  EVEN: even,',
    behind: /^ {2}EMAIL: email,$/m,
  },
];

const PLUGIN = `import { z } from 'zod';
import { definePlugin, defineTask } from '@windhover/sdk';

const half = defineTask({
  type: 'test.Half',
  title: 'Half of a number',
  properties: z.strictObject({ of: z.coerce.number() }),
  run: (_, { of }) => ({ value: of / 2 }),
});

export default definePlugin({ name: 'half', version: '1.0.0', title: 'For tests', tasks: [half] });
`;

const FLOW = `id: added
namespace: tests.added
inputs:
  - { id: number, type: EVEN }
tasks:
  - id: all
    type: test.flow.Backwards
    tasks:
      - { id: says, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.half.value ~ '' | shout }}" }
      - { id: half, type: test.Half, of: "{{ inputs.number }}" }
`;

let folder: string;
let installation: Installation;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'windhover-additions-'));
  const filter = (source: string) => !source.includes('node_modules');
  for (const path of NEEDED) cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const addition of ADDITIONS) add(addition);
  const plugin = join(folder, 'half-plugin.ts');
  writeFileSync(plugin, PLUGIN);
  installation = anInstallation({
    env: { WINDHOVER_PLUGINS: plugin },
    program: join(folder, 'web/cli/bin.mjs'),
  });
  await installation.start('standalone');
});
after(async () => {
  await installation.remove();
  rmSync(folder, { recursive: true, force: true });
});

function add({ file, source, name, line, behind }: Addition): void {
  writeFileSync(join(folder, file), source);
  const table = join(folder, dirname(file), 'table.ts');
  const text = readFileSync(table, 'utf8');
  assert.match(text, behind, table);
  const entered = text.replace(behind, (found) => `${found}\n${line}`);
  writeFileSync(table, `import { ${name} } from './${basename(file)}';\n${entered}`);
}

test('running a flow of a flowable, a filter, a type of input and a task that were added', async () => {
  const api = installation.api();
  await api.save(FLOW);
  const { state, taskRunList } = await api.run('tests.added/added', { number: '42' });
  assert.equal(state.current, 'SUCCESS', JSON.stringify(taskRunList));
  assert.deepEqual(
    taskRunList.map(({ taskId }) => taskId),
    ['all', 'half', 'says'],
  );
  assert.equal(taskRunList[2]!.outputs?.value, '21!');
  await assert.rejects(api.start('tests.added/added', { number: '7' }), /it must be even/);
});

test('saying what is wrong with what was added as with all else', async () => {
  const { text } = await installation.api().ask('POST', '/flows/validate', {
    headers: { 'content-type': 'application/x-yaml' },
    body: FLOW.replace('type: test.flow.Backwards', 'type: test.flow.Backward').replace('EVEN', 'EVE'),
  });
  assert.match(text, /did you mean test\.flow\.Backwards\?/);
  assert.match(text, /EVEN/);
});
