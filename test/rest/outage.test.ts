/** Redis killed under a running server: every request is refused at once, streams go on where they were, nothing is restarted. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROUTES, type Route, type RouteName } from '../../web/api/routes.ts';
import type { ServerEvent } from '../../web/cli/sse.ts';
import type { Api, ExecutionAnswer } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says, YAML } from '../support/flow-source.ts';
import { follow } from '../support/following.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
/** A machine that is busy may miss it once; a request that hangs misses it each time. */
const ANSWER_MS = 2_000;
const LINES = 400;

let redis: TestRedis;
let installation: Installation;
let server: ServerProcess;
let api: Api;
before(async () => {
  redis = await startRedis();
  installation = anInstallation({ redisUrl: redis.url, env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  server = await installation.start('standalone');
  api = installation.api();
  await api.save(aFlow('hello', [says('hello')]));
  await api.save(aFlow('talking', [{ id: 'talk', type: 'test.Talk', lines: LINES, atOnce: 2, pauseMs: 10 }]));
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

const BODIES: Readonly<Partial<Record<RouteName, RequestInit>>> = {
  login: { body: JSON.stringify({ username: 'admin', password: 'correct-horse' }) },
  createFlow: { headers: YAML, body: aFlow('new', [says('a')]) },
  updateFlow: { headers: YAML, body: aFlow('hello', [says('b')]) },
  validateFlows: { headers: YAML, body: aFlow('hello', [says('c')]) },
};
const WITHOUT_REDIS: ReadonlySet<string> = new Set(['configs', 'loginConfigs', 'openApi', 'ping']);

async function refusalsOf(execution: string): Promise<readonly string[]> {
  const credentials: readonly Record<string, string>[] = [
    { authorization: `Bearer ${api.token}` },
    { authorization: `Basic ${Buffer.from('admin:correct-horse').toString('base64')}` },
  ];
  const asked = (Object.entries(ROUTES) as [RouteName, Route][]).flatMap(([name, route]) =>
    credentials.map(async (headers) => {
      const path = route.path
        .replace(':executionId', execution)
        .replace(':namespace', NAMESPACE)
        .replace(/:(id|flowId)/, 'hello')
        .replace(':secret', 'x');
      const init = { ...BODIES[name], signal: AbortSignal.timeout(ANSWER_MS) };
      const all = { ...(init.headers as Record<string, string>), ...headers };
      const { status, text, headers: answered } = await api.ask(route.method, path, { ...init, headers: all });
      if (WITHOUT_REDIS.has(name)) return status === 200 ? '' : `${name} → ${status}`;
      const inside = text.includes(redis.socket) || text.includes(installation.folder) || /\\n +at /.test(text);
      const told = answered.get('retry-after') !== null && text.includes('bus.unavailable');
      return status === 503 && told && !inside ? '' : `${name} → ${status} ${text}`;
    }),
  );
  return (await Promise.all(asked)).filter(Boolean);
}

/** As the page and the command line do: whatever breaks, they come back with the last id. */
async function followedThrough(path: string): Promise<readonly ServerEvent[]> {
  const events: ServerEvent[] = [];
  return eventually(async () => {
    for await (const event of follow(api, path, events.at(-1)?.id)) {
      events.push(event);
      if (event.event === 'end') return events;
    }
    return undefined;
  }, 40_000);
}

test('refusing at once while Redis is away, and going on by itself when it is back', async () => {
  const { id } = await api.start(`${NAMESPACE}/talking`);
  const events = followedThrough(`/logs/${id}/follow?resume=true`);
  const waiting = api.ask<ExecutionAnswer>('POST', `/executions/${NAMESPACE}/talking?wait=true`);
  await eventually(async () => (await api.ask<unknown[]>('GET', `/logs/${id}`)).body.length > 20);

  await redis.kill();
  await eventually(async () => (await fetch(`${server.health}/health`)).status === 503);
  try {
    await eventually(async () => {
      assert.deepEqual(await refusalsOf(id), []);
      return true;
    });
  } finally {
    await redis.restart();
  }

  await eventually(async () => (await api.ask('GET', '/me')).status === 200);
  await eventually(async () => (await api.ask('POST', '/flows', { ...BODIES.createFlow })).status < 500);
  assert.equal((await api.run(`${NAMESPACE}/hello`)).state.current, 'SUCCESS');
  const waited = await waiting;
  assert.deepEqual([waited.status, waited.body.state?.current], [200, 'SUCCESS'], waited.text);

  const lines = (await events)
    .filter(({ event }) => event === 'progress')
    .map(({ data }) => (JSON.parse(data) as { id: string }).id);
  assert.equal(new Set(lines).size, lines.length, 'no line twice');
  const kept = (await api.ask<{ id: string }[]>('GET', `/logs/${id}`)).body.map((line) => line.id);
  assert.deepEqual(lines.toSorted(), kept.toSorted());
  assert.ok(server.alive);
  await eventually(async () => (await fetch(`${server.health}/health`)).status === 200);
});

test('refusing in time while Redis stands still and says nothing', async () => {
  const { pid } = redis;
  process.kill(pid, 'SIGSTOP');
  try {
    const paths = ['/me', '/flows/search', '/executions/nobody', '/logs/nobody/follow'];
    await eventually(async () => {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answers = await Promise.all(paths.map((path) => api.ask('GET', path, { signal })));
      return answers.every(({ status }) => status === 503);
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await eventually(async () => (await api.ask('GET', '/me')).status === 200);
  assert.equal((await api.run(`${NAMESPACE}/hello`)).state.current, 'SUCCESS');
});
