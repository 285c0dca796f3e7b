/** The command line against a whole server: what people type from the first flow to the last log line. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { PROGRAM, type ServerProcess, startServer } from './support/server.ts';

const PASSWORD = 'secretsecret';
const folder = mkdtempSync(join(tmpdir(), 'windhover-cli-'));
const home = join(folder, 'home');
const HELLO = `id: hello
namespace: company.team
inputs: [{id: name, type: STRING, defaults: world}]
tasks:
  - {id: greet, type: io.kestra.plugin.core.log.Log, message: "Hello, {{ inputs.name }}"}
  - {id: gives, type: io.kestra.plugin.core.debug.Return, format: "{{ inputs.name }}"}
`;
const FAILS = `id: fails
namespace: company.team
tasks: [{id: bad, type: io.kestra.plugin.core.execution.Fail}]
`;
let server: ServerProcess;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** With the data folder of the server, as on its machine; `env` goes over that. */
async function windhover(
  args: readonly string[],
  { env = { WINDHOVER_DATA: join(folder, 'data') }, stdin = '' }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH!, HOME: home, ...env },
  });
  child.stdin.end(stdin);
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? -1)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

before(async () => {
  mkdirSync(home);
  mkdirSync(join(folder, 'flows/deep'), { recursive: true });
  writeFileSync(join(folder, 'flows/hello.yaml'), HELLO);
  writeFileSync(join(folder, 'flows/deep/fails.yml'), FAILS);
  writeFileSync(join(folder, 'flows/hello.test.yaml'), 'id: t');
  const env = { WINDHOVER_DATA: join(folder, 'data'), WINDHOVER_USER: 'admin', WINDHOVER_PASSWORD: PASSWORD };
  server = await startServer('standalone', { env });
});
after(async () => {
  await server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

test('pushing a folder of flows, once more, and with a mistake', async () => {
  const first = await windhover(['flow', 'push', 'flows']);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /flows\/deep\/fails\.yml +company\.team\/fails +created\n/);
  const again = await windhover(['flow', 'push', 'flows', '-o', 'json']);
  assert.deepEqual(
    JSON.parse(again.stdout).map(({ result }: { result: string }) => result),
    ['unchanged at 1', 'unchanged at 1'],
  );
  writeFileSync(join(folder, 'wrong.yaml'), HELLO.replace('message:', 'massage:'));
  const wrong = await windhover(['flow', 'push', 'wrong.yaml', 'flows/hello.yaml']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /wrong\.yaml +company\.team\/hello +refused/);
  assert.match(wrong.stdout, /flows\/hello\.yaml +company\.team\/hello +unchanged at 1/);
  assert.match(wrong.stderr, /massage/);
});

test('refusing a file that is not there, or in another encoding, before anything is sent', async () => {
  const latin = join(folder, 'latin.yaml');
  writeFileSync(
    latin,
    Buffer.from(HELLO.replace('id: hello', 'id: latin').replace('Hello', 'Gr\u00fc\u00df Gott'), 'latin1'),
  );
  for (const [args, told] of [
    [['run', 'nope.yaml'], /expected a file that can be read, got nope\.yaml \(ENOENT/],
    [['run', 'company.team/hello', '--input', 'name=@nope'], /expected a file that can be read, got nope \(ENOENT/],
    [['run', latin], /expected a file in UTF-8, got .*latin\.yaml/],
    [['flow', 'push', latin], /expected a file in UTF-8/],
    [['flow', 'validate', latin], /expected a file in UTF-8/],
  ] as const) {
    const { code, stderr } = await windhover(args);
    assert.deepEqual([code, told.test(stderr), stderr.includes('a bug')], [2, true, false], stderr);
  }
  assert.equal((await windhover(['flow', 'show', 'company.team/latin'])).code, 2);
});

test('listing, showing and exporting flows', async () => {
  const { stdout } = await windhover(['flow', 'list', '-n', 'company']);
  assert.match(stdout, /^NAMESPACE +ID +REVISION/);
  assert.match(stdout, /company\.team +hello +1/);
  assert.equal((await windhover(['flow', 'show', 'company.team/hello'])).stdout, HELLO);
  assert.equal((await windhover(['flow', 'export', '--dir', 'out', '-n', 'company'])).code, 0);
  assert.equal(readFileSync(join(folder, 'out/company.team/hello.yaml'), 'utf8'), HELLO);
  const none = await windhover(['flow', 'show', 'company.team/none']);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^windhover: no such flow: /);
});

test('giving files as inputs: as they are, or as their text', async () => {
  const source = `id: takes
namespace: company.team
inputs:
  - { id: data, type: FILE }
  - { id: text, type: STRING }
tasks:
  - { id: gives, type: io.kestra.plugin.core.debug.Return, format: "{{ fileSize(inputs.data) }} {{ inputs.data | split('/') | last }} {{ inputs.text }}" }
`;
  for (const [name, content] of [
    ['takes.yaml', source],
    ['data.bin', Buffer.from([0, 255, 254, 10])],
    ['who.txt', 'Gr\u00fc\u00df Gott'],
  ] as const)
    writeFileSync(join(folder, name), content);
  const given = (text: string) =>
    windhover([
      'run',
      join(folder, 'takes.yaml'),
      '-f',
      ...['--input', `data=@${join(folder, 'data.bin')}`],
      ...['--input', `text=@${join(folder, text)}`],
    ]);
  const ran = await given('who.txt');
  assert.equal(ran.code, 0, ran.stderr);
  const shown = JSON.parse((await windhover(['execution', 'show', ran.stdout.split(' ')[0]!, '-o', 'json'])).stdout);
  assert.equal(shown.taskRunList[0].outputs.value, '4 data.bin Gr\u00fc\u00df Gott');
  const wrong = await given('data.bin');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /expected inputs\.text in UTF-8/);
});

test('running, listing, showing, replaying, and reading the log', async () => {
  const ran = await windhover(['run', 'company.team/hello', '--input', 'name=you', '--follow']);
  assert.equal(ran.code, 0, ran.stderr);
  const id = ran.stdout.split(' ')[0]!;
  const log = await windhover(['execution', 'logs', id, '-f']);
  assert.match(log.stdout, /INFO +greet +Hello, you/);
  const lines = JSON.parse((await windhover(['execution', 'logs', id, '-o', 'json', '--level', 'info'])).stdout);
  assert.equal(lines[0].message, 'Hello, you');
  const shown = JSON.parse((await windhover(['execution', 'show', id, '-o', 'json'])).stdout);
  assert.equal(shown.state.current, 'SUCCESS');
  assert.match(
    (await windhover(['execution', 'show', id])).stdout,
    /✔ company\.team\.hello[\s\S]*inputs {2}\{"name":"you"\}/,
  );
  const replayed = await windhover(['execution', 'replay', id, '--from', 'gives', '--input', 'name=them', '-f']);
  assert.equal(replayed.code, 0, replayed.stderr);
  const again = JSON.parse(
    (await windhover(['execution', 'show', replayed.stdout.split(' ')[0]!, '-o', 'json'])).stdout,
  );
  assert.equal(again.taskRunList.at(-1).outputs.value, 'them');
  // Both begin with the time, to some days.
  assert.equal(again.id.slice(0, 2), id.slice(0, 2));
  const wrong = await windhover(['execution', 'replay', id, '--from', 'nothing']);
  assert.deepEqual([wrong.code, /greet, gives/.test(wrong.stderr)], [2, true], wrong.stderr);
});

test('ending with 1 where the execution failed, and refusing to kill what has ended', async () => {
  const failed = await windhover(['run', 'company.team/fails', '--follow']);
  assert.equal(failed.code, 1);
  const id = failed.stdout.split(' ')[0]!;
  const killed = await windhover(['execution', 'kill', id]);
  assert.equal(killed.code, 1);
  assert.match(killed.stderr, /the execution has ended/);
  const listed = await windhover([
    'execution',
    'list',
    '--flow',
    'company.team/fails',
    '--state',
    'failed',
    '-o',
    'json',
  ]);
  assert.ok(JSON.parse(listed.stdout).some((each: { id: string }) => each.id === id));
  assert.equal((await windhover(['execution', 'restart', id])).code, 0);
});

test('signing in from another machine, and out', async () => {
  const env = { WINDHOVER_DATA: join(folder, 'elsewhere') };
  const wrong = await windhover(['login', server.url, '--user', 'admin'], { env, stdin: 'not the one\n' });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /sign in first/);
  const signedIn = await windhover(['login', server.url, '--user', 'admin'], { env, stdin: `${PASSWORD}\n` });
  assert.equal(signedIn.code, 0, signedIn.stderr);
  const file = join(home, '.config/windhover/login.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!readFileSync(file, 'utf8').includes(PASSWORD));
  assert.match((await windhover(['flow', 'list'], { env })).stdout, /company\.team +hello/);
  assert.equal((await windhover(['logout'], { env })).code, 0);
  assert.equal(existsSync(file), false);
  // Nobody listens at port 1: it may work later.
  assert.equal((await windhover(['flow', 'list'], { env: { ...env, WINDHOVER_URL: 'http://127.0.0.1:1' } })).code, 75);
});

test('making a token, working with it, and revoking it', async () => {
  const made = await windhover(['token', 'create', '--name', 'ci', '--scope', 'run', '--expires', '30d']);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^windhover_[\w-]{43}\n$/);
  assert.match(
    made.stderr,
    /^ci \(\w{12}\) has the scope run, until \d{4}-\d\d-\d\d \d\d:\d\d\. It is shown only now\.\n$/,
  );
  const env = { WINDHOVER_DATA: join(folder, 'ci'), WINDHOVER_URL: server.url, WINDHOVER_TOKEN: made.stdout.trim() };
  assert.equal((await windhover(['run', 'company.team/hello', '--follow'], { env })).code, 0);
  writeFileSync(join(folder, 'new.yaml'), HELLO.replace('id: hello', 'id: new'));
  const pushed = await windhover(['flow', 'push', 'new.yaml'], { env });
  assert.equal(pushed.code, 1);
  assert.match(pushed.stderr, /expected the scope edit, got run: the token ci of admin may not do this/);
  assert.match((await windhover(['token', 'list'], { env })).stderr, /expected the scope admin, got run/);
  const { stdout: listed } = await windhover(['token', 'list']);
  assert.match(listed, /^\w{12} +command line of \S+ +admin +admin /m);
  assert.match(listed, /^\w{12} +ci +admin +run +\d{4}-\S+ \S+ +\d{4}-\S+ \S+ +\d{4}-\S+ \S+$/m);
  const json = await windhover(['token', 'create', '--name', 'ci', '--scope', 'read', '-o', 'json']);
  assert.equal(JSON.parse(json.stdout).scope, 'read');
  assert.equal((await windhover(['token', 'revoke', 'ci'])).stdout, 'ci revoked\n');
  assert.doesNotMatch((await windhover(['token', 'list'])).stdout, / ci /);
  assert.match(
    (await windhover(['flow', 'list'], { env })).stderr,
    /sign in first: expected credentials that are valid/,
  );
  const again = await windhover(['token', 'revoke', 'ci']);
  assert.deepEqual([again.code, /no such token/.test(again.stderr)], [1, true]);
  for (const wrong of [
    ['--scope', 'all'],
    ['--scope', 'run', '--expires', 'soon'],
  ])
    assert.equal((await windhover(['token', 'create', '--name', 'ci', ...wrong])).code, 2);
});

test('making users who may look, and removing them', async () => {
  const made = await windhover(['user', 'create', 'ada', '--role', 'viewer'], { stdin: `${PASSWORD}\n` });
  assert.equal(made.stdout, 'ada created\n', made.stderr);
  assert.match((await windhover(['user', 'list'])).stdout, /^USER +ROLE\nada +viewer\nadmin +admin\n$/);
  const env = { WINDHOVER_DATA: join(folder, 'ada') };
  assert.equal((await windhover(['login', server.url, '-u', 'ada'], { env, stdin: `${PASSWORD}\n` })).code, 0);
  assert.match((await windhover(['flow', 'list'], { env })).stdout, /hello/);
  const started = await windhover(['run', 'company.team/hello'], { env });
  assert.equal(started.code, 2);
  assert.match(started.stderr, /not allowed: expected the scope run, got read: the user ada may not do this/);
  assert.equal((await windhover(['user', 'remove', 'ada'])).stdout, 'ada removed\n');
  assert.match((await windhover(['flow', 'list'], { env })).stderr, /sign in first/);
  rmSync(join(home, '.config'), { recursive: true });
});

test('completing in bash what there is', async () => {
  const script = (await windhover(['completion', 'bash'])).stdout;
  const asked = `${script}\nCOMP_WORDS=(windhover execution lo); COMP_CWORD=2; _windhover; echo "\${COMPREPLY[@]}"`;
  const child = spawn('bash', ['-c', asked]);
  assert.equal(await text(child.stdout), 'logs\n');
  for (const shell of ['zsh', 'fish'])
    assert.match((await windhover(['completion', shell])).stdout, /execution/, shell);
});
