/** The first start and the ones after it: secrets, one holder per data folder, its format, ports, settings. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lockDataFolder, type Migration, openDataFolder } from '../../lib/data-folder.ts';
import { isFault } from '../../lib/errors.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess, windhover } from '../support/server.ts';

const redis = await startRedis();
const installations: Installation[] = [];
after(async () => {
  await Promise.all(installations.map((installation) => installation.remove()));
  await redis.stop();
});
/** Nobody has chosen a password. */
function aFresh(env: Readonly<Record<string, string>> = {}): Installation {
  const installation = anInstallation({ env: { WINDHOVER_PASSWORD: '', ...env } });
  installations.push(installation);
  return installation;
}
const modeOf = (path: string): number => statSync(path).mode & 0o777;
/** What a person sees, when it is all there. */
const greetingOf = ({ printed }: ServerProcess): Promise<string> =>
  eventually(() => printed.some((line) => /^ +health /.test(line)) && printed.join('\n'));
const passwordIn = (greeting: string): string | undefined => /user, password +(\S+) +(\S+)/.exec(greeting)?.[2];
const signIn = async (server: ServerProcess, username: string, password: string): Promise<number> => {
  const body = JSON.stringify({ username, password });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${server.url}/api/v1/login`, { method: 'POST', headers, body })).status;
};

test('making secrets at the first start, for their owner alone, and telling the password once', async () => {
  const installation = aFresh();
  const first = await installation.start('standalone');
  const password = passwordIn(await greetingOf(first))!;
  assert.equal(await signIn(first, 'admin', password), 200);
  assert.equal(await signIn(first, 'admin', `${password}x`), 401);
  const { data } = installation;
  assert.deepEqual(
    [data, join(data, 'token'), join(data, 'windhover.db'), join(data, 'storage'), join(data, 'redis.sock')].map(
      modeOf,
    ),
    [0o700, 0o600, 0o600, 0o700, 0o600],
  );
  assert.equal((await installation.api().ask('GET', '/me')).status, 200);
  const token = readFileSync(join(data, 'token'), 'utf8');
  assert.equal(await first.kill('SIGTERM'), 0);

  const second = await installation.start('standalone');
  const greeting = await greetingOf(second);
  assert.match(greeting, /sign in by +http:\S+/);
  assert.equal(passwordIn(greeting), undefined);
  assert.equal(readFileSync(join(data, 'token'), 'utf8'), token);
  assert.equal(await signIn(second, 'admin', password), 200);
});

test('taking user and password from the settings, and printing no password', async () => {
  const installation = aFresh({ WINDHOVER_USER: 'ada', WINDHOVER_PASSWORD: 'analytical-engine' });
  const server = await installation.start('standalone');
  assert.equal(await signIn(server, 'ada', 'analytical-engine'), 200);
  const said = [await greetingOf(server), ...server.log].join('\n');
  assert.doesNotMatch(said, /analytical-engine|user, password/);
});

test('naming who holds the data folder, and taking it from a holder that was killed', async () => {
  const installation = aFresh();
  const holder = await installation.start('standalone');
  const refused = await windhover(['server', 'standalone'], installation.env);
  assert.equal(refused.code, 2);
  assert.match(refused.err, new RegExp(`in use: .*windhover server standalone holds it \\(pid ${holder.pid}\\)`));
  assert.equal(refused.err.trim().split('\n').length, 1);
  const another = await windhover(['server', 'redis'], installation.env);
  assert.deepEqual([another.code, another.err.includes('holds it')], [2, true]);
  assert.ok(holder.alive);

  await holder.kill('SIGKILL');
  const next = await installation.start('standalone');
  assert.equal((await installation.api().ask('GET', '/me')).status, 200);
  assert.equal(await next.kill('SIGTERM'), 0);
});

test('taking a lock that a power loss has torn, and none of another machine', () => {
  const data = openDataFolder(aFresh().data, []);
  writeFileSync(join(data.path, 'lock'), '{"pid":');
  const unlock = lockDataFolder(data, 'one');
  assert.throws(() => lockDataFolder(data, 'two'), /one holds it \(pid \d+\)/);
  unlock();
  writeFileSync(join(data.path, 'lock'), JSON.stringify({ pid: 1, started: '', host: 'elsewhere', holder: 'three' }));
  assert.throws(() => lockDataFolder(data, 'two'), /three holds it \(pid 1 on elsewhere\).*remove .*lock/);
});

test('migrating an older data folder after a copy, once, and not while somebody runs on it', () => {
  const { path } = openDataFolder(aFresh().data, []);
  writeFileSync(join(path, 'content'), 'old');
  const ran: string[] = [];
  const migration: Migration = (folder) => {
    ran.push(folder);
    writeFileSync(join(folder, 'content'), 'new');
  };
  const unlock = lockDataFolder(openDataFolder(path, []), 'somebody');
  assert.throws(() => openDataFolder(path, [migration]), /somebody holds it/);
  unlock();
  openDataFolder(path, [migration]);
  openDataFolder(path, [migration]);
  assert.deepEqual(ran, [path]);
  assert.deepEqual(
    [path, `${path}.format-1`].map((folder) => readFileSync(join(folder, 'content'), 'utf8')),
    ['new', 'old'],
  );
  assert.ok(!readdirSync(`${path}.format-1`).includes('lock'));
});

test('keeping the first copy when a migration breaks in the middle', () => {
  const { path } = openDataFolder(aFresh().data, []);
  writeFileSync(join(path, 'content'), 'old');
  const breaking: Migration = (folder) => {
    writeFileSync(join(folder, 'content'), 'half');
    throw new Error('the disk is full');
  };
  for (let n = 0; n < 2; n++) assert.throws(() => openDataFolder(path, [breaking]), /the disk is full/);
  assert.equal(readFileSync(join(`${path}.format-1`, 'content'), 'utf8'), 'old');
});

test('refusing a data folder that a newer Windhover has written', async () => {
  const installation = aFresh();
  mkdirSync(installation.data);
  writeFileSync(join(installation.data, 'format'), '99\n');
  assert.throws(
    () => openDataFolder(installation.data),
    (error) => isFault(error, 'data.newer'),
  );
  const refused = await windhover(['server', 'standalone'], installation.env);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /newer Windhover: .*: expected format 1 or older, got 99\n$/);
});

test('moving the socket into the temporary folder where its path would be too long', async () => {
  const outer = aFresh();
  const data = join(outer.folder, 'a'.repeat(60), 'b'.repeat(60));
  mkdirSync(join(data, '..'));
  const server = await outer.start('standalone', [], { WINDHOVER_DATA: data });
  const { socket } = openDataFolder(data);
  assert.ok(socket.startsWith(tmpdir()) && existsSync(socket), socket);
  assert.ok(Buffer.byteLength(socket) <= 100);
  assert.equal(modeOf(join(socket, '..')), 0o700);
  assert.equal(await server.kill('SIGTERM'), 0);
  assert.ok(!existsSync(socket));
});

test('moving on from default ports that are taken, and refusing a taken port that was set', async () => {
  const held = (await Promise.all([8080, 8081].map(holding))).filter((server) => server !== undefined);
  const taken = held.map((server) => (server.address() as AddressInfo).port);
  const { env, start } = aFresh({ REDIS_URL: redis.url });
  const standalone = await start('standalone');
  const { url, health } = standalone;
  const greeting = await greetingOf(standalone);
  for (const address of [url, health]) {
    assert.ok(!taken.includes(Number(new URL(address).port)), address);
    assert.match(greeting, new RegExp(address));
  }
  const port = new URL(url).port;
  for (const args of [
    ['--port', port],
    ['--health-port', new URL(health).port],
  ]) {
    const refused = await windhover(['server', 'webserver', ...args], env);
    assert.equal(refused.code, 2);
    assert.match(refused.err, new RegExp(`taken: expected 127.0.0.1:${args[1]} to be free, got another program on it`));
  }
  for (const server of held) server.close();
});

test('saying in one line why Redis does not start', async () => {
  const { data, env } = aFresh();
  const folder = join(data, 'redis-data', 'appendonlydir');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'appendonly.aof.manifest'), 'torn\n');
  const refused = await windhover(['server', 'standalone'], env);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /^windhover: .*expected redis-server to run in .*, got exit code 1: Invalid AOF .*\n$/);
});

test('refusing a setting that is not known, with a hint', async () => {
  const { env } = aFresh();
  for (const server of ['standalone', 'redis', 'worker']) {
    const refused = await windhover(['server', server], { ...env, WINDHOVER_TREADS: '4' });
    assert.equal(refused.code, 2);
    assert.match(refused.err, /expected a known setting, got WINDHOVER_TREADS \(did you mean WINDHOVER_THREADS\?\)\n$/);
  }
});

/** Undefined: another program of this machine has the port, and it is as good as taken. */
function holding(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
