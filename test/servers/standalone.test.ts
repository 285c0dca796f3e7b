/** Everything in one process: the example of the first start, a Redis that dies, and an end that leaves nothing behind. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess, windhover } from '../support/server.ts';

const redis = await startRedis();
const installations: Installation[] = [];
after(async () => {
  await Promise.all(installations.map((installation) => installation.remove()));
  await redis.stop();
});
function aFresh(): Installation {
  const installation = anInstallation();
  installations.push(installation);
  return installation;
}
const redisPid = ({ data }: Installation): number =>
  Number(readFileSync(join(data, 'redis-data', 'redis.pid'), 'utf8'));

/** Processes that were started for this installation, and what of it is open to others. */
function left({ folder, data }: Installation): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const ours = processes.filter((pid) =>
    ['cmdline', 'environ'].some((file) => contentOf(`/proc/${pid}/${file}`).includes(folder)),
  );
  const open = ['redis.sock', 'address', 'lock', 'redis-data/lock'].filter((name) => existsSync(join(data, name)));
  return [...ours.map((pid) => contentOf(`/proc/${pid}/cmdline`)), ...open];
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

test('running the example to SUCCESS as a tree with links, calmly, inside of a package of modules', async () => {
  const installation = aFresh();
  writeFileSync(join(installation.folder, 'package.json'), '{ "type": "module" }');
  const { code, out, err } = await windhover(['server', 'standalone', '--once'], installation.env);
  assert.deepEqual([code, err], [0, ''], out);
  const tree = out.split('\n').findIndex((line) => line.startsWith('✔ windhover.examples.csv-sums  SUCCESS'));
  assert.ok(tree > 0, out);
  const drawn = out.split('\n').slice(tree + 1, tree + 6);
  assert.deepEqual(
    drawn.map((line) => /^(\S.*?✔ \w+) +SUCCESS/.exec(line)?.[1]),
    ['├─ ✔ write', '├─ ✔ read', '│  ├─ ✔ prices', '│  └─ ✔ quantities', '└─ ✔ print'],
  );
  assert.match(out, /this execution +http:\/\/127\.0\.0\.1:\d+\/ui\/executions\/\w+\n/);
  assert.doesNotMatch(out, /"level":/);
  assert.deepEqual(left(installation), []);
});

test('ending with 1 when the example does not succeed', async () => {
  const { env } = aFresh();
  const empty = join(aFresh().folder, 'empty');
  mkdirSync(empty);
  // Its scripts find no program.
  const { code, out } = await windhover(['server', 'standalone', '--once'], {
    ...env,
    PATH: empty,
    REDIS_URL: redis.url,
  });
  assert.equal(code, 1, out);
  assert.match(out, /The example ended FAILED: http:\S+\n/);
});

test('bringing Redis back when it dies, and going on', async () => {
  const installation = aFresh();
  const standalone = await installation.start('standalone');
  const api = installation.api();
  await api.save(`
id: nap
namespace: tests.servers
tasks:
  - { id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1.5S }
`);
  const { id } = await api.start('tests.servers/nap');
  await eventually(async () => (await api.execution(id)).taskRunList[0]?.state.current === 'RUNNING');
  const killed = redisPid(installation);
  process.kill(killed, 'SIGKILL');
  assert.equal((await api.ended(id)).state.current, 'SUCCESS');
  assert.equal((await eventually(() => api.run('tests.servers/nap'))).state.current, 'SUCCESS');
  assert.notEqual(redisPid(installation), killed);
  assert.ok(standalone.log.some((line) => line.includes('Redis has ended; it is started again')));
  assert.equal(await standalone.kill('SIGINT'), 0);
  await eventually(() => left(installation).length === 0);
});

test('stopping at any moment of the start, Redis too', async () => {
  const installation = aFresh();
  const starting = installation.start('standalone').catch((error: Error) => error);
  await eventually(() => existsSync(join(installation.data, 'redis.sock')));
  const [pid] = pidsOf(installation);
  process.kill(pid!, 'SIGINT');
  await starting;
  await eventually(() => left(installation).length === 0);
});

test('leaving nothing behind when a second Ctrl-C does not wait, and when the terminal is closed', async () => {
  const ways: readonly ((server: ServerProcess, api: ReturnType<Installation['api']>) => Promise<unknown>)[] = [
    async (server, api) => {
      await api.save(LONG);
      const { id } = await api.start('tests.servers/long');
      await eventually(async () => (await api.execution(id)).taskRunList[0]?.state.current === 'RUNNING');
      const keys = setInterval(() => void server.kill('SIGINT'), 200);
      assert.equal(await server.ended, 130);
      clearInterval(keys);
    },
    async (server) => assert.equal(await server.kill('SIGHUP'), 0),
  ];
  for (const way of ways) {
    const installation = aFresh();
    await way(await installation.start('standalone'), installation.api());
    await eventually(
      () => left(installation).filter((name) => !/^(address|lock|redis-data\/lock)$/.test(name)).length === 0,
    );
  }
});

const LONG = `
id: long
namespace: tests.servers
tasks:
  - { id: long, type: io.kestra.plugin.core.flow.Sleep, duration: PT60S }
`;

/** Of the standalone that is starting. */
const pidsOf = ({ folder }: Installation): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (pid) =>
        contentOf(`/proc/${pid}/environ`).includes(folder) && contentOf(`/proc/${pid}/cmdline`).includes('standalone'),
    )
    .map(Number);
