/**
 * Every route of the contract, asked badly in every way: what is refused is refused with an error of the table, without a stack or
 * a path of this machine; nothing bad ends as a bug of the server; and what opens one door opens no other.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FAULTS, type FaultCode } from '../../lib/errors.ts';
import { ROUTES, type Route } from '../../web/api/routes.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { ask, type RawAnswer } from '../support/http.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';
import { ROOT } from '../support/tree.ts';

const PASSWORD = 'correct-horse';
const MB = 1024 * 1024;
const TOO_LARGE = Buffer.alloc(2 * MB, 'a');

let installation: Installation;
let server: ServerProcess;
let token: string;
before(async () => {
  installation = anInstallation();
  server = await installation.start('standalone');
  const api = installation.api();
  token = api.token;
  await api.save(aFlow('known', [says('hello')]));
});
after(() => installation.remove());

interface Asking {
  readonly method?: string;
  readonly path?: (path: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const YAML_TYPE = { 'content-type': 'application/x-yaml' };
const WAYS: Readonly<Record<string, Asking>> = {
  'no credentials': { headers: { authorization: '' } },
  'wrong credentials': { headers: { authorization: 'Bearer nobody' } },
  'unknown ids': {},
  'a body that is no JSON': { headers: JSON_TYPE, body: '{"a": ' },
  'a body that is no YAML': { headers: YAML_TYPE, body: 'id: [a\n  - : }{' },
  'JSON of another shape': { headers: JSON_TYPE, body: '[[1,{"__proto__":null}]]' },
  'a wrong type': { headers: { 'content-type': 'image/png' }, body: 'PNG' },
  'a form without a boundary': { headers: { 'content-type': 'multipart/form-data' }, body: '--x' },
  'a body that is too large': { headers: YAML_TYPE, body: TOO_LARGE },
  'a wrong method': { method: 'PROPFIND' },
  'parameters that are none': {
    path: (path) => `${path}?page=-1&size=x&sort=a:b:c&startDate=never&filters[x][Y]=1&revision=z&minLevel=LOUD`,
  },
  'ids with a path in them': { path: (path) => path.replaceAll('unknown', '..%2f..%2fetc%2fpasswd') },
};

/** Ends a session; what comes after it must still have its own. */
const routes = (Object.entries(ROUTES) as [string, Route][]).filter(([name]) => name !== 'logout');
const addressOf = ({ path }: Route, { path: bend = (same) => same }: Asking): string =>
  `${server.url}/api/v1/main${bend(path.replace(/:\w+/g, 'unknown'))}`;

/** What is wrong with an answer. */
function faultOf({ status, text }: RawAnswer): string | undefined {
  const inside = [installation.folder, ROOT, 'node_modules', 'file:///'].find((part) => text.includes(part));
  if (inside) return `it shows ${inside}`;
  if (/\n\s+at |\\n\s+at .*:\d+:\d+/.test(text)) return 'it shows a stack';
  if (status < 400) return undefined;
  let body: { readonly code?: string; readonly message?: string; readonly _embedded?: { errors?: unknown[] } };
  try {
    body = JSON.parse(text);
  } catch {
    return `it is no JSON: ${text.slice(0, 200)}`;
  }
  if (!(body.code! in FAULTS)) return `its code is ${body.code}`;
  const fault = FAULTS[body.code as FaultCode];
  if (fault.status !== status) return `${body.code} has ${fault.status}, got ${status}`;
  return body.message && body._embedded?.errors?.length ? undefined : 'it lacks a dialect';
}

for (const [name, way] of Object.entries(WAYS))
  test(`answering ${name} on every route with what the table of errors says`, async () => {
    const wrong: string[] = [];
    for (const [route, contract] of routes) {
      const { method = contract.method, headers = {}, body } = way;
      // Whoever is asked for no body reads none, and closes: what is still on its way is cut off.
      if (body === TOO_LARGE && !contract.body) continue;
      const all: Record<string, string> = { authorization: `Bearer ${token}`, ...headers };
      if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body));
      if (all.authorization === '') Reflect.deleteProperty(all, 'authorization');
      const answer = await ask(addressOf(contract, way), { method, headers: all, body });
      const fault = faultOf(answer);
      if (fault) wrong.push(`${route}: ${answer.status}, ${fault}`);
      if (name.endsWith('credentials') && typeof contract.access === 'string' && answer.status !== 401)
        wrong.push(`${route}: ${answer.status} without a user`);
    }
    assert.deepEqual(wrong, []);
  });

test('opening with what opens one door no other: tokens, sessions, links and passwords', async () => {
  const signedIn = await ask(`${server.url}/api/v1/login`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  });
  const [cookie = '', session = ''] = signedIn.headers['set-cookie']![0]!.split(';')[0]!.split('=');
  const link = server.printed
    .concat(server.log)
    .join('\n')
    .match(/\/login\/([\w-]+)/)?.[1];
  assert.ok(session && link, 'a session and a link');
  const strange: Readonly<Record<string, string>>[] = [
    { authorization: `Bearer ${session}` },
    { authorization: `Bearer ${link}` },
    { authorization: `Bearer ${PASSWORD}` },
    { authorization: `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`, 'x-from': '127.0.0.3' },
    { cookie: `${cookie}=${token}` },
    { cookie: `${cookie}=${link}` },
    { cookie: `${cookie}=${PASSWORD}` },
  ];
  const open: string[] = [];
  for (const { 'x-from': from, ...headers } of strange)
    for (const [name, route] of routes
      .filter(([, { access }]) => typeof access === 'string')
      .slice(0, from ? 5 : undefined)) {
      const { status } = await ask(addressOf(route, {}), { method: route.method, headers, from });
      if (status !== 401) open.push(`${name} by ${JSON.stringify(headers)} → ${status}`);
    }
  assert.deepEqual(open, []);
  for (const secret of [token, session, PASSWORD]) {
    const { status, headers } = await ask(`${server.url}/api/v1/login/${secret}`);
    assert.ok(headers['set-cookie'] === undefined, `the link of ${secret.slice(0, 3)}… → ${status}`);
  }
});

test('refusing to take from a queue or over a breakpoint what is in neither, alone and in bulk', async () => {
  const api = installation.api();
  // What was asked before may have deleted it.
  await api.save(aFlow('known', [says('hello')]));
  const { id } = await api.run(`${NAMESPACE}/known`);
  const asked = async (path: string, body?: unknown) => {
    const { status, body: answer } = await api.ask<{ code: string; message: string }>('POST', `/executions/${path}`, {
      headers: JSON_TYPE,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return [status, answer.code, /QUEUED|BREAKPOINT/.exec(JSON.stringify(answer))?.[0]];
  };
  assert.deepEqual(await asked(`${id}/unqueue`), [422, 'execution.refused', 'QUEUED']);
  assert.deepEqual(await asked(`${id}/resume-from-breakpoint`), [422, 'execution.refused', 'BREAKPOINT']);
  assert.equal((await asked('unknown/unqueue'))[0], 404);
  assert.equal((await asked('unknown/resume-from-breakpoint'))[0], 404);
  const [status, , state] = await asked('unqueue/by-ids', [id]);
  assert.deepEqual([Number(status) >= 400 && Number(status) < 500, state], [true, 'QUEUED']);
});

test('having met no bug in any of it', () => {
  assert.deepEqual(
    server.log.filter((line) => line.includes('by a bug')),
    [],
  );
});
