/** Who may come in: every route that asks for a user refuses whoever is none, and every way in and out does what it says. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { ROUTES, type Route } from '../../web/api/routes.ts';
import { refuseOpenDoor } from '../../web/server/auth/guard.ts';
import { eventually } from '../support/eventually.ts';
import { ask, type RawAnswer } from '../support/http.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const PASSWORD = 'correct-horse';
let installation: Installation;
let server: ServerProcess;
let redis: Redis;
let token: string;
before(async () => {
  installation = anInstallation();
  server = await installation.start('standalone');
  redis = new Redis(join(installation.data, 'redis.sock'));
  token = installation.api().token;
});
after(async () => {
  redis.disconnect();
  await installation.remove();
});

/** What a server of another data folder needs to be one of this installation. */
const shared = () => ({
  REDIS_URL: join(installation.data, 'redis.sock'),
  WINDHOVER_ENCRYPTION_KEY: readFileSync(join(installation.data, 'encryption.key'), 'utf8').trim(),
});
const at = (path: string, url = server.url): string => `${url}/api/v1${path}`;
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const whoIs = (headers: Readonly<Record<string, string>>, url?: string) => ask(at('/me', url), { headers });
const login = (username: string, password: string, from?: string) =>
  ask(at('/login'), { method: 'POST', body: JSON.stringify({ username, password }), from });
const cookieIn = ({ headers }: RawAnswer): string => headers['set-cookie']![0]!.split(';')[0]!;
const nameOfCookie = async (): Promise<string> => cookieIn(await login('admin', PASSWORD)).split('=')[0]!;

const routes = Object.entries(ROUTES) as [string, Route][];
/** Each route below both of its prefixes, with something in place of what it names. */
const addresses = ({ path }: Route): string[] => ['', '/main'].map((tenant) => at(tenant + path.replace(/:\w+/g, 'x')));

test('asking for credentials on every route that wants a user', async () => {
  const cookie = await nameOfCookie();
  const strangers: Readonly<Record<string, string>>[] = [
    {},
    { authorization: 'Bearer ' },
    { authorization: `Bearer ${token.slice(1)}x` },
    { authorization: 'Basic !!!' },
    { authorization: 'Basic Zm9v' },
    { authorization: `Digest ${token}` },
    { cookie: `${cookie}=garbage` },
    { cookie: `${cookie}=` },
    { cookie: `session=${token}` },
  ];
  const open: string[] = [];
  for (const [name, route] of routes.filter(([, { access }]) => typeof access === 'string'))
    await Promise.all(
      addresses(route).flatMap((url) =>
        strangers.map(async (headers) => {
          const answer = await ask(url, { method: route.method, headers });
          const refused = answer.status === 401 && JSON.parse(answer.text).code === 'auth.required';
          if (!refused || answer.headers['www-authenticate'] === undefined)
            open.push(`${name} ${url} ${JSON.stringify(headers)} → ${answer.status}`);
        }),
      ),
    );
  assert.deepEqual(open, []);
});

test('asking for the right password on every route that wants a user', async () => {
  const open: string[] = [];
  // A user for each, and a place for some: too many wrong passwords of one are another refusal.
  for (const [n, [name, route]] of routes.filter(([, { access }]) => typeof access === 'string').entries()) {
    const headers = { authorization: basic(name, PASSWORD) };
    const from = `127.0.1.${1 + Math.floor(n / 40)}`;
    const { status } = await ask(addresses(route)[0]!, { method: route.method, headers, from });
    if (status !== 401) open.push(`${name} → ${status}`);
  }
  assert.deepEqual(open, []);
});

test('telling whoever has not signed in nothing but what its route says is public', async () => {
  const answers = await Promise.all(
    routes
      .filter(([, { access }]) => typeof access !== 'string')
      .map(async ([name, route]) => [name, (await ask(addresses(route)[1]!, { method: route.method })).status]),
  );
  assert.deepEqual(Object.fromEntries(answers), {
    ...{ configs: 200, loginConfigs: 200, openApi: 200, ping: 200 },
    ...{ login: 400, useLink: 401 },
  });
  assert.ok(!(await ask(at('/configs'))).text.includes('admin'));
});

test('letting in by password, by token and by session', async () => {
  assert.equal(JSON.parse((await whoIs({ authorization: basic('admin', PASSWORD) })).text).username, 'admin');
  assert.equal(JSON.parse((await whoIs({ authorization: `bearer ${token}` })).text).username, 'admin');
  const signedIn = await login('admin', PASSWORD);
  assert.match(signedIn.headers['set-cookie']![0]!, /httponly/i);
  assert.match(signedIn.headers['set-cookie']![0]!, /samesite=lax/i);
  assert.equal(JSON.parse((await whoIs({ cookie: `a=b; ${cookieIn(signedIn)}; c=d` })).text).username, 'admin');
  assert.equal((await login('admin', 'wrong-horse')).status, 401);
  assert.equal((await login('nobody', PASSWORD)).status, 401);
});

test('signing in by a link once, however many use it at the same time', async () => {
  const link = server.printed.map((line) => /(http\S+\/login\/\S+)/.exec(line)?.[1]).find(Boolean)!;
  assert.equal((await ask(link, { method: 'HEAD' })).status, 302);
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(link)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [302, ...Array(7).fill(401)]);
  const let_in = answers.find(({ status }) => status === 302)!;
  assert.equal(let_in.headers.location, '/ui/');
  assert.equal((await whoIs({ cookie: cookieIn(let_in) })).status, 200);
  assert.equal((await ask(link)).status, 401);
});

test('ending a session on every webserver at once', async () => {
  const data = join(installation.folder, 'another');
  const other = await installation.start('webserver', [], { WINDHOVER_DATA: data, ...shared() });
  const cookie = cookieIn(await login('admin', PASSWORD));
  assert.equal((await whoIs({ cookie }, other.url)).status, 200);
  assert.equal((await ask(at('/logout'), { method: 'POST', headers: { cookie } })).status, 204);
  assert.equal((await whoIs({ cookie }, other.url)).status, 401);
  assert.equal((await whoIs({ cookie })).status, 401);
});

test('ending a session and a password when they are over', async () => {
  const cookie = cookieIn(await login('admin', PASSWORD));
  for (const key of await redis.keys('windhover:{sys}:vault:session/*')) await redis.pexpire(key, 1);
  await eventually(async () => (await whoIs({ cookie })).status === 401);

  const [user] = await redis.keys('windhover:{sys}:vault:user/admin');
  const stored = (await redis.get(user!))!;
  assert.equal((await whoIs({ authorization: basic('admin', PASSWORD) })).status, 200);
  await redis.set(
    user!,
    stored.replace(/"key":"./, (text) => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`),
  );
  assert.equal((await whoIs({ authorization: basic('admin', PASSWORD) })).status, 401);
  await redis.set(user!, stored);
  assert.equal((await whoIs({ authorization: basic('admin', PASSWORD) })).status, 200);
});

test('refusing more than ten wrong passwords a minute, also when a hundred come at once', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => login('admin', `wrong-${n}`, '127.0.0.3')));
  const statuses = Map.groupBy(answers, ({ status }) => status);
  assert.deepEqual([statuses.get(401)?.length, statuses.get(429)?.length], [10, 90]);
  assert.ok(Number(statuses.get(429)![0]!.headers['retry-after']) > 0);
  assert.equal((await login('admin', 'another', '127.0.0.3')).status, 429);
  assert.equal((await login('admin', PASSWORD, '127.0.0.4')).status, 200);
  assert.equal(
    (await ask(at('/me'), { headers: { authorization: `Bearer ${token}` }, from: '127.0.0.3' })).status,
    200,
  );
});

test('counting many requests at once under one password as one try', async () => {
  const headers = { authorization: basic('admin', PASSWORD) };
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(at('/me'), { headers, from: '127.0.0.5' })));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
});

test('knowing itself by no name but its own', async () => {
  const headers = { authorization: `Bearer ${token}` };
  const { port } = new URL(server.url);
  for (const host of ['evil.com', 'a@evil.com', `127.0.0.1:${port}@evil.com`, 'localhost.evil.com']) {
    const { status, text } = await ask(at('/me'), { headers: { ...headers, host } });
    assert.deepEqual([host, status, JSON.parse(text).code], [host, 403, 'auth.refused']);
  }
  for (const host of [`localhost:${port}`, 'LOCALHOST', '[::1]:80', 'localhost:99999999'])
    assert.equal((await ask(at('/me'), { headers: { ...headers, host } })).status, 200, host);
});

test('refusing writes that come from the page of somebody else', async () => {
  const cookie = cookieIn(await login('admin', PASSWORD));
  const form = { cookie, 'content-type': 'multipart/form-data; boundary=x' };
  const write = (headers: Readonly<Record<string, string>>) =>
    ask(at('/executions/tests.rest/none'), { method: 'POST', headers: { ...form, ...headers } });
  const foreign: Readonly<Record<string, string>>[] = [
    { origin: 'http://evil.com' },
    { origin: 'null' },
    { origin: server.url.replace('http:', 'ftp:') },
    { origin: `${server.url}.evil.com` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site', origin: server.url },
  ];
  for (const headers of foreign) assert.equal((await write(headers)).status, 403, JSON.stringify(headers));
  assert.equal((await write({ origin: server.url, 'sec-fetch-site': 'same-origin' })).status, 404);
  const logout = await ask(at('/logout'), { method: 'POST', headers: { cookie, origin: 'http://evil.com' } });
  assert.equal(logout.status, 403);
  assert.equal((await whoIs({ cookie })).status, 200);
});

test('answering with headers that keep a browser in its place', async () => {
  const answers = [await ask(at('/me')), await ask(at('/configs')), await ask(at('/nowhere')), await ask(server.url)];
  for (const { headers, status } of answers) {
    assert.match(
      String(headers['content-security-policy']),
      /default-src 'self';.*frame-ancestors 'none'/,
      String(status),
    );
    assert.ok(!headers['content-security-policy']!.includes('unsafe-inline'));
    assert.deepEqual(
      ['x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy'].map((name) => headers[name]),
      ['nosniff', 'no-referrer', 'same-origin'],
    );
    assert.equal(headers['x-powered-by'], undefined);
    assert.equal(headers['access-control-allow-origin'], undefined);
  }
});

test('keeping the keys of this machine from its other users', () => {
  for (const file of ['token', 'encryption.key'])
    assert.equal(statSync(join(installation.data, file)).mode & 0o777, 0o600, file);
  assert.equal(statSync(installation.data).mode & 0o777, 0o700);
});

test('opening no door to a network without authentication', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com'])
    assert.throws(() => refuseOpenDoor(false, host), /anybody there could run code/);
  const open = anInstallation({ env: { WINDHOVER_AUTH: 'false', ...shared() } });
  try {
    await assert.rejects(
      open.start('webserver', [], { WINDHOVER_HOST: '0.0.0.0' }),
      /auth \(WINDHOVER_AUTH\): expected true when listening on 0\.0\.0\.0, got false: anybody there could run code/,
    );
    const loopback = await open.start('webserver');
    const { text } = await ask(at('/me', loopback.url));
    assert.equal(JSON.parse(text).username, 'anonymous');
    assert.equal((await ask(at('/me', loopback.url), { headers: { host: 'evil.com' } })).status, 403);
  } finally {
    await open.remove();
  }
});
