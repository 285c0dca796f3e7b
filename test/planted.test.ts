/** What the run under faults rests on: its failpoints are in no production start, and each planted bug still fits the tree. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { type Failpoint, SITES } from './faults/build/sites.ts';
import { JUDGES } from './faults/oracle/judges.ts';
import { PHASES } from './faults/phases/table.ts';
import { planted, plantedAll } from './faults/planted.ts';
import { eventually } from './support/eventually.ts';
import { aFolder } from './support/folder.ts';
import { startRedis } from './support/redis.ts';
import { PROGRAM, windhover } from './support/server.ts';
import { ROOT } from './support/tree.ts';

test('starting in production with nothing that a failpoint could be given by', () => {
  const rooms = ['lib', 'actors', 'web/server', 'web/cli', 'web/api', 'plugins'];
  const files = rooms.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|mjs|lua)$/.test(file) && !file.includes('node_modules'))
      .map((file) => join(ROOT, room, file)),
  );
  assert.ok(files.length > 200, `expected the tree's files, got ${files.length}`);
  const sites = SITES.map((site) => `'${site}'`);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /failpoint|test\/faults/i, file);
    assert.deepEqual(
      sites.filter((site) => text.includes(site)),
      [],
      file,
    );
  }
});

test('refusing a failpoint that is given to a production start by environment, file or argument', async (t) => {
  const file = join(aFolder(t), 'windhover.yaml');
  writeFileSync(file, 'failpoint: commit.before=kill\n');
  const given: readonly { readonly env?: Readonly<Record<string, string>>; readonly args?: readonly string[] }[] = [
    { env: { WINDHOVER_FAILPOINT: 'commit.before=kill' } },
    { env: { WINDHOVER_CONFIG: file } },
    { args: ['--failpoint', 'commit.before=kill'] },
  ];
  for (const { env = {}, args = [] } of given) {
    const { code, err } = await windhover(['server', 'executor', ...args], { WINDHOVER_DATA: aFolder(t), ...env });
    assert.equal(code, 2, err);
    assert.match(err, /failpoint/i);
  }
});

test('telling a production server its failpoints by the channel that the test build listens to, in vain', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const client = new Redis(redis.socket);
  t.after(() => client.disconnect());
  const server = fork(PROGRAM, ['server', 'executor'], {
    env: {
      PATH: process.env.PATH,
      WINDHOVER_DATA: aFolder(t),
      REDIS_URL: redis.socket,
      FAILPOINT: 'commit.before=kill',
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const gone = once(server, 'exit');
  t.after(async () => {
    server.kill('SIGKILL');
    await gone;
  });
  const leaseMs = async () => Number(await client.hget('windhover:{x:0}:owner', 'until'));
  const owned = await eventually(async () => (await leaseMs()) || undefined);
  for (const site of SITES) server.send({ site, act: 'kill', times: 1 } satisfies Failpoint);
  // Leases are renewed by way of one of the sites.
  await eventually(async () => (await leaseMs()) > owned + 3_000);
  assert.equal(server.exitCode ?? server.signalCode, null);
});

test('telling in docs/reliability.md of every fault and of every planted bug', () => {
  const page = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.slice(2).split(' | ')] : []));
  const faults = new Set(rows.flatMap(([first]) => first!.split(', ')));
  assert.deepEqual(
    PHASES.filter(({ id }) => !faults.has(id)).map(({ id }) => id),
    [],
  );
  const told = rows.filter(([, , by]) => by?.startsWith('caught with seed'));
  assert.deepEqual(
    told.map(([without, phases]) => [without, phases]),
    plantedAll().map(({ without, phases }) => [without, phases]),
  );
});

for (const { name, without, breaks } of plantedAll())
  test(`planting a bug: without ${without}`, async () => {
    for (const invariant of breaks) assert.ok(invariant in JUDGES, `expected an invariant, got ${invariant}`);
    rmSync(await planted(name), { recursive: true });
  });
