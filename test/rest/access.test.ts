/**
 * Who may do what: every route of the contract, asked by everybody that there can be, is open to those who have its scope and shut
 * to all others. The table is the contract: a new route is in it.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { digestOf } from '../../lib/bus/credentials.ts';
import { ROLES, SCOPE_OF, SCOPES, type Scope } from '../../lib/model/scope.ts';
import { ROUTES, type Route } from '../../web/api/routes.ts';
import { type Api, apiOf } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE } from '../support/flow-source.ts';
import { ask } from '../support/http.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';
import { openReader } from '../support/sse-reader.ts';

const PASSWORD = 'correct-horse';
/** A stream is looked at with each beat, of 15 s. */
const CLOSED_MS = 30_000;
const VAULT = 'windhover:{sys}:vault:';
const HELD: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  run: ['read', 'run'],
  edit: ['read', 'run', 'edit'],
  admin: ['read', 'run', 'edit', 'admin'],
};
/** What is no GET and changes nothing, or only the session that asks. */
const LOOKS: readonly string[] = [
  ...[
    'validateFlows',
    'validateTask',
    'validateTrigger',
    'graphOfSource',
    'exportFlowsByIds',
    'autocompleteNamespaces',
  ],
  ...['latestExecutions', 'evaluate', 'evaluateInTaskRun', 'statisticsSummary', 'dailyExecutions', 'dailyLogs'],
  ...['dailyExecutionsByNamespace', 'dailyExecutionsByFlow', 'latestExecutionsByFlow', 'logout'],
];

let installation: Installation;
let server: ServerProcess;
let redis: Redis;
let api: Api;
before(async () => {
  installation = anInstallation();
  server = await installation.start('standalone');
  redis = new Redis(join(installation.data, 'redis.sock'));
  api = installation.api();
});
after(async () => {
  redis.disconnect();
  await installation.remove();
});

interface TokenAnswer {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly scope: Scope;
  readonly created: string;
  readonly expires?: string;
  readonly lastUsed?: string;
  readonly fullToken: string;
}
type Headers = Readonly<Record<string, string>>;

const json = (body: unknown): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
async function aToken(scope: Scope, more: object = {}): Promise<TokenAnswer> {
  const { status, body, text } = await api.ask<TokenAnswer>('POST', '/tokens', json({ name: scope, scope, ...more }));
  assert.equal(status, 200, text);
  return body;
}
async function aUser(username: string, role: string): Promise<void> {
  const { status, text } = await api.ask('POST', '/users', json({ username, role, password: PASSWORD }));
  assert.equal(status, 200, text);
}
const tokens = async () => (await api.ask<{ results: readonly TokenAnswer[] }>('GET', '/tokens')).body.results;
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const basic = (user: string, password = PASSWORD): Headers => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
async function sessionOf(username: string): Promise<Headers> {
  const body = JSON.stringify({ username, password: PASSWORD });
  const { headers } = await ask(`${server.url}/api/v1/login`, { method: 'POST', body });
  return { cookie: headers['set-cookie']![0]!.split(';')[0]! };
}
const revoke = async ({ id }: TokenAnswer) => assert.equal((await api.ask('DELETE', `/tokens/${id}`)).status, 204);
const asks = async (headers: Headers, path = '/me') => (await ask(`${server.url}/api/v1${path}`, { headers })).status;

/** By what they are: what they send, and the scope that it stands for, if for any. */
async function everybody(): Promise<Readonly<Record<string, { readonly sends: Headers; readonly scope?: Scope }>>> {
  const expired = await aToken('admin', { maxAge: 'PT0.3S' });
  const revoked = await aToken('admin');
  await revoke(revoked);
  await aUser('removed', 'admin');
  const session = await sessionOf('removed');
  assert.equal((await api.ask('DELETE', '/users/removed')).status, 204);
  await eventually(async () => (await asks(bearer(expired.fullToken))) === 401);
  const scoped = SCOPES.map(async (scope) => [
    `a token for ${scope}`,
    { sends: bearer((await aToken(scope)).fullToken), scope },
  ]);
  const people = ROLES.map(async (role) => {
    await aUser(role === 'admin' ? 'root' : role, role);
    const name = role === 'admin' ? 'root' : role;
    return [
      [`the password of a ${role}`, { sends: basic(name), scope: SCOPE_OF[role] }],
      [`the session of a ${role}`, { sends: await sessionOf(name), scope: SCOPE_OF[role] }],
    ];
  });
  return {
    nobody: { sends: {} },
    'a wrong token': { sends: bearer(`${api.token.slice(0, -1)}_`) },
    'an expired token': { sends: bearer(expired.fullToken) },
    'a revoked token': { sends: bearer(revoked.fullToken) },
    'the session of a removed user': { sends: session },
    'the command line of this machine': { sends: bearer(api.token), scope: 'admin' },
    ...Object.fromEntries(await Promise.all(scoped)),
    ...Object.fromEntries((await Promise.all(people)).flat()),
  };
}

/** Undefined where the answer is the right one. */
async function wrongIn({ method, path, access }: Route, sends: Headers, scope?: Scope): Promise<string | undefined> {
  const url = `${server.url}/api/v1/main${path.replace(/:\w+/g, 'unknown')}`;
  const { status, text } = await ask(url, { method, headers: sends });
  const { code, detail } = (text.startsWith('{') ? JSON.parse(text) : {}) as { code?: string; detail?: string };
  const got = `${status} ${code} ${detail}`;
  // How one signs in may be refused; no credentials of a request are looked at.
  if (typeof access !== 'string') return status === 403 ? got : undefined;
  if (scope === undefined)
    return status === 401 && code === 'auth.required' && !/expired|revoked|removed/.test(text) ? undefined : got;
  if (HELD[scope].includes(access)) return status === 401 || status === 403 || status >= 500 ? got : undefined;
  const told = `expected the scope ${access}, got ${scope}: the `;
  return status === 403 && code === 'auth.refused' && detail?.startsWith(told) ? undefined : got;
}

test('opening each route to those who have its scope, and to nobody else', { timeout: 300_000 }, async () => {
  const wrong: string[] = [];
  for (const [who, { sends, scope }] of Object.entries(await everybody())) {
    // Ends the session that the others need.
    const routes = (Object.entries(ROUTES) as [string, Route][]).filter(([name]) => name !== 'logout');
    for (const [name, route] of routes) {
      const why = await wrongIn(route, sends, scope);
      if (why !== undefined) wrong.push(`${name} by ${who}: ${why}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('letting nobody who may only look change anything', () => {
  const routes = Object.entries(ROUTES) as [string, Route][];
  const looking = routes.filter(([, { method, access }]) => method !== 'GET' && access === 'read');
  assert.deepEqual(looking.map(([name]) => name).sort(), LOOKS.toSorted());
});

test('saying who may not do what', async () => {
  const { fullToken } = await aToken('read', { name: 'dashboard' });
  const refused = await apiOf(server.url, fullToken).ask<{ message: string }>('POST', '/flows');
  assert.equal(refused.body.message, 'expected the scope edit, got read: the token dashboard of admin may not do this');
  await aUser('visitor', 'viewer');
  const { text } = await ask(`${server.url}/api/v1/executions/a/b`, { method: 'POST', headers: basic('visitor') });
  assert.equal(JSON.parse(text).message, 'expected the scope run, got read: the user visitor may not do this');
  const me = await ask(`${server.url}/api/v1/me`, { headers: basic('visitor') });
  assert.deepEqual(JSON.parse(me.text), { username: 'visitor', scope: 'read' });
});

test('keeping no token that opens anything, and telling when it was made and used', async () => {
  const made = await aToken('run', { name: 'nightly', maxAge: 'P30D' });
  assert.match(made.fullToken, /^windhover_[\w-]{43}$/);
  const aDay = 24 * 60 * 60_000;
  assert.equal((Date.parse(made.expires!) - Date.parse(made.created)) / aDay, 30);
  const { fullToken, ...kept } = made;
  assert.deepEqual(
    (await tokens()).find(({ id }) => id === made.id),
    kept,
  );
  const key = `${VAULT}token/${digestOf(fullToken)}`;
  assert.ok(!(await redis.get(key))!.includes(fullToken.slice(10)));
  assert.equal(await asks(bearer(fullToken)), 200);
  const used = await eventually(async () => (await tokens()).find(({ id, lastUsed }) => id === made.id && lastUsed));
  assert.ok(Math.abs(Date.parse(used.lastUsed!) - Date.now()) < 60_000);
  const lifeMs = await redis.pttl(key);
  assert.ok(lifeMs > 29 * aDay && lifeMs <= 30 * aDay, `its life goes on: ${lifeMs}`);
  const written = await redis.get(key);
  for (let n = 0; n < 20; n++) assert.equal(await asks(bearer(fullToken)), 200);
  assert.equal(await redis.get(key), written, 'not with each request');
});

test('taking what was kept before there were scopes for what may do everything', async () => {
  await redis.set(`${VAULT}token/${digestOf('of-old')}`, 'admin');
  await redis.set(`${VAULT}session/${digestOf('of-old')}`, 'admin');
  const cookie = (await sessionOf('root')).cookie!.split('=')[0]!;
  const stored = JSON.parse((await redis.get(`${VAULT}user/root`))!) as object;
  await redis.set(`${VAULT}user/old`, JSON.stringify({ ...stored, role: undefined }));
  for (const sends of [bearer('of-old'), { cookie: `${cookie}=of-old` }, basic('old')]) {
    assert.equal(await asks(sends, '/tokens'), 200);
    assert.equal(await asks(sends, '/dead-letters'), 200);
  }
  const old = (await tokens()).find(({ name }) => name === 'unnamed')!;
  assert.deepEqual([old.user, old.scope], ['admin', 'admin']);
  await revoke(old);
  assert.equal(await asks(bearer('of-old')), 401);
});

test('ending with a user what they have made', async () => {
  await aUser('leaver', 'admin');
  const own = apiOf(server.url, (await aToken('admin')).fullToken);
  const created = await ask(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers: basic('leaver'),
    body: JSON.stringify({ name: 'theirs', scope: 'read' }),
  });
  const { fullToken, user } = JSON.parse(created.text) as TokenAnswer;
  assert.equal(user, 'leaver');
  assert.equal(await asks(bearer(fullToken)), 200);
  assert.equal((await own.ask('DELETE', '/users/leaver')).status, 204);
  assert.deepEqual([await asks(bearer(fullToken)), await asks(basic('leaver'))], [401, 401]);
  assert.equal((await own.ask('DELETE', '/users/leaver')).status, 404);
  const first = await own.ask<{ code: string }>('DELETE', '/users/admin');
  assert.deepEqual([first.status, first.body.code], [403, 'auth.refused']);
  assert.equal(await asks(basic('admin')), 200);
});

test('refusing tokens and users that are none', async () => {
  const user = { username: 'new', role: 'viewer', password: PASSWORD };
  const refused: readonly (readonly [path: string, body: object])[] = [
    ['/tokens', { name: 'a', scope: 'all' }],
    ['/tokens', { scope: 'read' }],
    ['/tokens', { name: ' ', scope: 'read' }],
    ['/tokens', { name: 'a'.repeat(65), scope: 'read' }],
    ['/tokens', { name: 'a', scope: ['read'] }],
    ...[null, 30, 'P30', '-P1D', 'PT0S', 'P4000D'].map(
      (maxAge) => ['/tokens', { name: 'a', scope: 'read', maxAge }] as const,
    ),
    ...['', 'a:b', 'a b', 'a/b', '*', 7].map((username) => ['/users', { ...user, username }] as const),
    ['/users', { ...user, role: 'owner' }],
    ['/users', { ...user, role: 'toString' }],
    ['/users', { ...user, password: 'short' }],
  ];
  for (const [path, body] of refused) {
    const answer = await api.ask<{ code: string }>('POST', path, json(body));
    assert.deepEqual([answer.status, answer.body.code], [400, 'request.invalid'], JSON.stringify(body));
    assert.ok(!answer.text.includes(PASSWORD));
  }
  const known = await api.ask<{ code: string }>('POST', '/users', json({ ...user, username: 'admin' }));
  assert.deepEqual([known.status, known.body.code], [422, 'user.exists']);
});

test('giving tasks what they need, for an hour', async () => {
  const waits = { id: 'wait', type: 'io.kestra.plugin.core.flow.Pause' };
  await api.save(aFlow('killed', [waits]));
  const { id } = await api.start(`${NAMESPACE}/killed`);
  await eventually(async () => (await api.execution(id)).state.current === 'PAUSED');
  const kill = { id: 'kill', type: 'io.kestra.plugin.core.execution.Kill', executionId: id };
  assert.equal((await api.runSource(aFlow('kills', [kill]))).state.current, 'SUCCESS');
  assert.equal((await api.ended(id)).state.current, 'KILLED');
  const [token, ...others] = (await tokens()).filter(({ user }) => user === 'worker');
  assert.deepEqual([token!.scope, others.length], ['run', 0]);
  assert.equal(Date.parse(token!.expires!) - Date.parse(token!.created), 60 * 60_000);
});

test('closing what follows by credentials that have ended, and nothing else', { timeout: 2 * CLOSED_MS }, async () => {
  await api.save(aFlow('lasting', [{ id: 'wait', type: 'io.kestra.plugin.core.flow.Pause' }]));
  const { id } = await api.start(`${NAMESPACE}/lasting`);
  const follow = (token: string) =>
    openReader({ url: server.url, token }, `/executions/${id}/follow`, { onEvent() {} });
  const [revoked, expiring, staying] = [
    await aToken('read'),
    await aToken('read', { maxAge: 'PT3S' }),
    await aToken('read'),
  ];
  const [first, second, third] = await Promise.all(
    [revoked, expiring, staying].map(({ fullToken }) => follow(fullToken)),
  );
  let stays = true;
  void third!.ended.then(() => {
    stays = false;
  });
  await revoke(revoked);
  const late = AbortSignal.timeout(CLOSED_MS);
  await Promise.race([
    Promise.all([first!.ended, second!.ended]),
    new Promise((_, reject) => late.addEventListener('abort', () => reject(new Error('expected both to be closed')))),
  ]);
  assert.ok(stays);
  third!.leave();
});
