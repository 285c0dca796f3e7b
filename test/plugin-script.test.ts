/** Running scripts in processes of their own. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import script from '@windhover/plugin-script';
import { runTask, type TestRunOptions } from '@windhover/sdk/testing';
import { renderAll, renderText } from '../lib/expression/render.ts';
import { parseFlow } from '../lib/flow/parse.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';
import { parseProperties } from '../lib/plugin/properties.ts';
import { problemsOf } from '../lib/plugin/schema.ts';
import { eventually } from './support/eventually.ts';
import { aRun } from './support/running.ts';

const taskOf = (name: string) => script.tasks.find(({ type }) => type.endsWith(`scripts.${name}`))!;
const commands = taskOf('shell.Commands');
const shell = taskOf('shell.Script');
const node = taskOf('node.Script');

const PATH = process.env.PATH ?? '';
const environment = { PATH, HOME: '/nowhere', TMPDIR: '/tmp', LANG: 'C.UTF-8' };
const run = (task: typeof shell, properties: Record<string, unknown>, options: TestRunOptions = {}) =>
  runTask(task, properties, { environment, ...options });

/** A process that is gone, or waits only for its parent to take note. */
const isDead = (pid: number): boolean => {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
};

/** What a script makes to say that it has begun. */
const ready = mkdtempSync(join(tmpdir(), 'windhover-ready-'));
after(() => rmSync(ready, { recursive: true, force: true }));
let begun = 0;
const readyFile = (): string => join(ready, String(begun++));

test('running commands in one shell, whose lines are the log', async () => {
  const { state, outputs, lines } = await run(commands, { commands: ['x=1', 'echo "x is $x"', 'printf "no end"'] });
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(lines, [
    { level: 'INFO', message: 'x is 1' },
    { level: 'INFO', message: 'no end' },
  ]);
  assert.deepEqual(outputs, { exitCode: 0, vars: {}, outputFiles: {}, stdOutLineCount: 2, stdErrLineCount: 0 });
});

test('running commands before, and stopping at the first that fails', async () => {
  const given = { beforeCommands: ['y=2'], commands: ['echo $y', 'false', 'echo on'] };
  const stopped = await run(commands, given);
  assert.equal(stopped.state, 'FAILED');
  assert.equal(stopped.error?.message, 'Command failed with exit code 1');
  assert.equal(stopped.outputs?.exitCode, 1);
  assert.deepEqual(
    stopped.lines.map(({ message }) => message),
    ['2'],
  );
  const on = await run(commands, { ...given, failFast: false });
  assert.deepEqual(
    on.lines.map(({ message }) => message),
    ['2', 'on'],
  );
  assert.equal(on.state, 'SUCCESS');
});

test('failing with the exit code, keeping what was said', async () => {
  const { state, outputs } = await run(shell, { script: `echo '::{"outputs":{"a":1}}::'; exit 7` });
  assert.equal(state, 'FAILED');
  assert.deepEqual(outputs, { exitCode: 7, vars: { a: 1 }, stdOutLineCount: 0, stdErrLineCount: 0 });
  assert.equal((await run(shell, { script: 'kill -KILL $$' })).outputs?.exitCode, 137);
});

test('warning of what was written to the standard error', async () => {
  const warned = await run(shell, { script: 'echo bad >&2' });
  assert.equal(warned.state, 'WARNING');
  assert.deepEqual(warned.lines, [{ level: 'ERROR', message: 'bad' }]);
  assert.equal(warned.outputs?.stdErrLineCount, 1);
  assert.equal((await run(shell, { script: 'echo bad >&2', warningOnStdErr: false })).state, 'SUCCESS');
});

test('giving outputs, lines and metrics by the protocol', async () => {
  const said = { outputs: { a: 1, b: [2] }, logs: [{ level: 'WARN', message: 'careful' }, { message: 'plain' }] };
  const { outputs, lines, metrics } = await run(node, {
    script: `
      const say = (what) => console.log('::' + JSON.stringify(what) + '::');
      say(${JSON.stringify(said)});
      say({ outputs: { a: 3 }, metrics: [{ name: 'rows', value: 5, tags: { kind: 'x' } }, { name: 'took', type: 'timer', value: 1.5 }] });
      console.log('::{not json}::');`,
  });
  assert.deepEqual(outputs?.vars, { a: 3, b: [2] });
  assert.equal(outputs?.stdOutLineCount, 0);
  assert.deepEqual(lines.slice(0, 2), [
    { level: 'WARN', message: 'careful' },
    { level: 'INFO', message: 'plain' },
  ]);
  assert.match(lines[2]!.message, /Invalid outputs/);
  assert.deepEqual(metrics, [
    { type: 'counter', name: 'rows', value: 5, tags: { kind: 'x' } },
    { type: 'timer', name: 'took', value: 1_500, tags: {} },
  ]);
});

test('seeing the environment that is given, and nothing of ours', async () => {
  process.env.WINDHOVER_TEST_SECRET = 'hidden';
  const { lines } = await run(shell, { script: 'env', env: { OWN: 'mine', HOME: '/home/other' } });
  delete process.env.WINDHOVER_TEST_SECRET;
  const seen = new Map(lines.map(({ message }) => message.split('=', 2) as [string, string]));
  assert.equal(seen.get('OWN'), 'mine');
  assert.equal(seen.get('HOME'), '/home/other');
  const shells = ['PWD', 'OLDPWD', 'SHLVL', '_'];
  const names = [...seen.keys()].filter((name) => !shells.includes(name)).sort();
  assert.deepEqual(names, ['HOME', 'LANG', 'OWN', 'PATH', 'TMPDIR', 'WORKING_DIR']);
});

test('reading input files, and keeping output files by name and pattern', async () => {
  const storage = new Map<string, Uint8Array>([['kestra:///in/a.csv', Buffer.from('1,2\n')]]);
  const { outputs, state, error } = await run(
    shell,
    {
      inputFiles: { 'a.csv': 'kestra:///in/a.csv', 'deep/b.txt': 'plain', 'c.json': { d: 1 } },
      outputFiles: ['out.txt', 'part/*.csv', 'never.txt'],
      script:
        'cat a.csv deep/b.txt c.json > out.txt; mkdir part; echo 1 > part/1.csv; echo 2 > part/2.csv; echo 3 > part/3.txt',
    },
    { storage },
  );
  assert.equal(state, 'SUCCESS', error?.message);
  const files = outputs?.outputFiles as Record<string, string>;
  assert.deepEqual(Object.keys(files), ['out.txt', 'part/1.csv', 'part/2.csv']);
  assert.equal(Buffer.from(storage.get(files['out.txt']!)!).toString(), '1,2\nplain{"d":1}');
});

test('keeping nothing from outside of the working directory', async () => {
  const linked = await run(shell, { script: 'ln -s /etc/passwd a; ln -s /etc d', outputFiles: ['a', '*', 'd/passwd'] });
  assert.deepEqual(linked.outputs?.outputFiles, {});
  for (const outputFiles of [['/etc/passwd'], ['../*'], ['a/../../b']])
    assert.match((await run(shell, { script: 'true', outputFiles })).error?.message ?? '', /in the working directory/);
  for (const name of ['/tmp/x', '../x', 'a/../../x', ''])
    assert.match(
      (await run(shell, { script: 'true', inputFiles: { [name]: 'x' } })).error?.message ?? '',
      /in the working directory/,
    );
});

test('rendering the working directory into commands, script and environment', async () => {
  const render = (template: string) => renderText(template, { inputs: { list: ['echo a', 'echo b'] } });
  const { lines, state } = await run(
    shell,
    {
      script: 'test "{{ workingDir }}" = "$PWD" && echo {{ outputFiles["a.txt"] }} $PLACE',
      env: { PLACE: '{{ workingDir }}/x' },
      outputFiles: ['a.txt'],
    },
    { render },
  );
  assert.equal(state, 'SUCCESS');
  assert.match(lines[0]!.message, /^(\/.*)\/a\.txt \1\/x$/);
  const listed = await run(commands, { commands: '{{ inputs.list }}' }, { render });
  assert.deepEqual(
    listed.lines.map(({ message }) => message),
    ['a', 'b'],
  );
});

test('running node scripts of both kinds of module', async () => {
  const required = await run(node, { script: `console.log(require('node:path').sep)` });
  assert.deepEqual(required.lines, [{ level: 'INFO', message: '/' }]);
  const imported = await run(node, { script: `import { sep } from 'node:path';\nconsole.log(await sep);` });
  assert.deepEqual(imported.lines, [{ level: 'INFO', message: '/' }]);
  assert.equal((await run(node, { script: 'throw new Error("x")' })).state, 'FAILED');
  const { outputs } = await run(node, { script: 'require("fs").writeFileSync("a", "")', outputFiles: ['*'] });
  assert.deepEqual(Object.keys(outputs?.outputFiles as object), ['a']);
});

test('ending the whole group of one that does not listen, in two seconds', async () => {
  const killing = new AbortController();
  const ready = readyFile();
  const inner = `trap "" TERM; echo begun > ${ready}; while :; do sleep 0.05; done`;
  const running = run(
    shell,
    { script: `trap '' TERM; echo $$; sh -c '${inner}' & echo $!; while :; do sleep 0.05; done` },
    { signal: killing.signal },
  );
  await eventually(() => existsSync(ready));
  const toldMs = performance.now();
  killing.abort();
  const { state, lines } = await running;
  assert.equal(state, 'KILLED');
  assert.ok(performance.now() - toldMs < 2_000);
  assert.equal(lines.length, 2);
  await eventually(() => lines.every(({ message }) => isDead(Number(message))));
});

test('ending what has left its group as well', async () => {
  const ready = readyFile();
  const script = `setsid sh -c 'echo $$ > ${ready}; cd /; exec sleep 60' & wait`;
  const { running, run } = aRun(shell, { script }, { ground: { environment } });
  const outcome = run();
  const pid = await eventually(() => (existsSync(ready) && Number(readFileSync(ready, 'utf8'))) || undefined);
  running.end({ kind: 'killed' });
  assert.equal((await outcome).state, 'KILLED');
  await eventually(() => isDead(pid));
});

test('ending at once one that listens, and not beginning what was ended before', async () => {
  const killing = new AbortController();
  const ready = readyFile();
  const running = run(shell, { script: `echo begun > ${ready}; exec sleep 60` }, { signal: killing.signal });
  await eventually(() => existsSync(ready));
  const toldMs = performance.now();
  killing.abort();
  assert.equal((await running).state, 'KILLED');
  assert.ok(performance.now() - toldMs < 900);
  const never = await run(shell, { script: 'echo begun' }, { signal: AbortSignal.abort() });
  assert.equal(never.state, 'KILLED');
  assert.deepEqual(never.lines, []);
});

test('leaving no process behind that a script has put into the background', async () => {
  const { lines, state } = await run(shell, { script: 'sleep 60 & echo $!' });
  assert.equal(state, 'SUCCESS');
  await eventually(() => isDead(Number(lines[0]!.message)));
});

test('bounding a line that does not end', async () => {
  const { lines, state } = await run(shell, { script: 'head -c 3000000 /dev/zero | tr "\\\\0" a; echo; echo ende' });
  assert.equal(state, 'SUCCESS');
  assert.match(lines[0]!.message.slice(-40), /a… \(2737856 more characters\)$/);
  assert.equal(lines[1]!.message, 'ende');
});

test('saying what is wrong with the properties', async () => {
  const properties = { commands: ['true'], taskRunner: { type: 'io.kestra.plugin.scripts.runner.docker.Docker' } };
  assert.deepEqual(
    problemsOf(commands, properties).map(({ path, message }) => `${path}: ${message}`),
    [
      'taskRunner.type: expected io.kestra.plugin.core.runner.Process, got "io.kestra.plugin.scripts.runner.docker.Docker"',
    ],
  );
  assert.deepEqual(problemsOf(commands, { commands: '{{ inputs.list }}', env: { A: 1 } }), []);
  assert.equal(problemsOf(shell, {})[0]?.path, 'script');
  const kept = parseProperties(commands, { commands: ['a'], env: { A: 1 }, containerImage: 'ubuntu' });
  assert.deepEqual((kept as { env: unknown }).env, { A: '1' });
  assert.match((await run(commands, { commands: ['true'], containerImage: 'x' })).lines[0]!.message, /not used/);
  assert.match((await run(shell, { script: 'x', interpreter: ['/no/such'] })).error?.message ?? '', /can be run/);
  assert.match((await run(shell, { script: '#'.repeat(200_000) })).error?.message ?? '', /at most 120000 bytes/);
});

test('running the tasks of the example that sums up a table', async () => {
  const plugins = await loadPlugins(BUILT_IN);
  const source = readFileSync(new URL('./flows/csv-sums.yaml', import.meta.url), 'utf8');
  const { flow, problems } = parseFlow(source, plugins.catalogue, { tenant: 'main' });
  assert.deepEqual(problems, []);
  const storage = new Map<string, Uint8Array>();
  const seen: Record<string, unknown> = {};
  for (const id of ['write', 'prices', 'quantities', 'print']) {
    const { type, properties } = flow!.taskOf.get(id)!;
    const rendered = renderAll(properties, { outputs: seen }) as Record<string, unknown>;
    const ended = await run(plugins.task(type)!, rendered, { storage });
    assert.equal(ended.state, 'SUCCESS', ended.error?.message);
    seen[id] = ended.outputs;
    if (id === 'print')
      assert.deepEqual(ended.lines, [
        { level: 'INFO', message: '10000 rows: prices sum up to 495000, quantities to 45000' },
      ]);
  }
  const values = renderAll(
    flow!.outputs.map(({ value }) => value),
    { outputs: seen },
  );
  assert.deepEqual(values, ['495000', '45000']);
});
