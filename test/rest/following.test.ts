/** Following an execution and its log: Kestra's event ids, lines as they come, the end behind all of them, nothing left behind. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FollowedExecution } from '../../web/api/following.ts';
import type { Api, ExecutionAnswer } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says, sleeps } from '../support/flow-source.ts';
import { follow, followed } from '../support/following.ts';
import { ask } from '../support/http.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));

interface Line {
  readonly id: string;
  readonly message: string;
  readonly level: string;
  readonly taskId: string;
}

let installation: Installation;
let server: ServerProcess;
let api: Api;
before(async () => {
  installation = anInstallation({ env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  server = await installation.start('standalone');
  api = installation.api();
  const levels = ['TRACE', 'INFO', 'ERROR'].map((level) => says(`at ${level}`, level.toLowerCase(), { level }));
  await api.save(aFlow('short', levels));
  await api.save(aFlow('many', [{ id: 'talk', type: 'test.Talk', lines: 3_000, atOnce: 1_000 }]));
  await api.save(aFlow('long', [{ id: 'talk', type: 'test.Talk', lines: 2, pauseMs: 600_000 }]));
  await api.save(aFlow('silent', [sleeps('PT10M')]));
});
after(() => installation.remove());

const start = (flow: string) => api.start(`${NAMESPACE}/${flow}`);
const kill = (id: string) => api.ask('DELETE', `/executions/${id}/kill`);
const linesIn = (events: readonly { readonly event: string; readonly data: string }[]): Line[] =>
  events.filter(({ event }) => event === 'progress').map(({ data }) => JSON.parse(data) as Line);
const linesOf = async (id: string) => (await api.ask<Line[]>('GET', `/logs/${id}`)).body;

test("giving an execution with Kestra's event ids until its end", async () => {
  const { id } = await start('short');
  const events = await followed(api, `/executions/${id}/follow`);
  assert.deepEqual([events[0]!.id, events[0]!.event], ['start', 'start']);
  assert.deepEqual([events.at(-1)!.id, events.at(-1)!.event], ['end', 'end']);
  const between = events.slice(1, -1);
  assert.ok(between.every((event) => event.id === 'progress' && event.event === 'progress'));
  const states = events.slice(1).map(({ data }) => (JSON.parse(data) as ExecutionAnswer).state.current);
  assert.equal(states.at(-1), 'SUCCESS');
  assert.equal((JSON.parse(events.at(-1)!.data) as ExecutionAnswer).taskRunList.length, 3);
});

test('giving the end of an execution that has ended long before', async () => {
  const { id } = await api.run(`${NAMESPACE}/short`);
  const events = await followed(api, `/executions/${id}/follow`);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['start', 'end'],
  );
});

test("giving a log with Kestra's event ids, its end behind all of its lines", async () => {
  const { id } = await start('many');
  const events = await followed(api, `/logs/${id}/follow`);
  assert.deepEqual([events[0]!.id, events.at(-1)!.id], ['start', 'end']);
  assert.ok(events.slice(1, -1).every((event) => event.id === 'progress'));
  const lines = linesIn(events);
  assert.equal(lines.length, 3_000);
  assert.deepEqual(lines.map(({ id: line }) => line).sort(), (await linesOf(id)).map(({ id: line }) => line).sort());
});

test('giving the first line of a task before the task ends', async () => {
  const { id } = await start('long');
  for await (const event of follow(api, `/logs/${id}/follow`)) {
    if (event.event === 'start') continue;
    assert.match((JSON.parse(event.data) as Line).message, / 1$/);
    assert.equal((await api.execution(id)).state.current, 'RUNNING');
    break;
  }
  await kill(id);
  assert.equal((await api.ended(id)).state.current, 'KILLED');
});

test('leaving out what a reader has not asked for', async () => {
  const { id } = await api.run(`${NAMESPACE}/short`);
  const heard = async (query: string) =>
    linesIn(await followed(api, `/logs/${id}/follow?${query}`)).map(({ message }) => message);
  assert.deepEqual((await heard('minLevel=INFO')).sort(), ['at ERROR', 'at INFO']);
  assert.deepEqual(await heard('taskId=trace'), ['at TRACE']);
  assert.deepEqual(await heard('resume=true&minLevel=ERROR'), ['at ERROR']);
});

test('beginning anew for whoever brings an id that is no cursor', async () => {
  const { id } = await api.run(`${NAMESPACE}/short`);
  for (const lastEventId of ['start', 'progress', 'end', 'garbage', '1.x', '9'.repeat(5_000)]) {
    const events = await followed(api, `/logs/${id}/follow?resume=true`, lastEventId);
    assert.equal(linesIn(events).length, 3, lastEventId.slice(0, 10));
  }
});

test('going on with an execution from wherever it is', async () => {
  const { id } = await start('long');
  let lastEventId = '';
  const known = new FollowedExecution();
  for await (const event of follow(api, `/executions/${id}/follow?resume=true`)) {
    lastEventId = event.id;
    known.take(event);
    if (known.execution?.state.current === 'RUNNING') break;
  }
  await kill(id);
  const events = await followed(api, `/executions/${id}/follow?resume=true`, lastEventId);
  for (const event of events) known.take(event);
  assert.equal(known.execution?.state.current, 'KILLED');
  assert.deepEqual([events[0]!.event, events.at(-1)!.event, events.at(-1)!.data], ['progress', 'end', '{}']);
});

test('refusing to follow what nobody knows, with an answer and no stream', async () => {
  for (const path of ['/executions/nobody/follow', '/logs/nobody/follow', '/logs/nobody/follow?resume=true']) {
    const { status, headers, body } = await api.ask<{ code: string }>('GET', path);
    assert.deepEqual(
      [status, headers.get('content-type'), body.code],
      [404, 'application/json; charset=utf-8', 'execution.unknown'],
    );
  }
});

test('answering at once whoever asks for the headers of a stream', async () => {
  const { id } = await start('silent');
  for (const what of ['executions', 'logs']) {
    const { status, headers } = await api.ask('HEAD', `/${what}/${id}/follow`);
    assert.deepEqual([status, headers.get('content-type')], [200, 'text/event-stream; charset=utf-8']);
  }
  await kill(id);
});

test('keeping nothing of readers who have gone, however early they went', async () => {
  const { id } = await start('silent');
  await eventually(async () => (await api.execution(id)).state.current === 'RUNNING');
  const kept = () =>
    Promise.all(['streams', 'watchers', 'listeners'].map((what) => server.metric(`windhover_web_${what}`)));
  const before = await kept();
  const leave = async (path: string, ms: number) => {
    const headers = { authorization: `Bearer ${api.token}` };
    await ask(`${api.url}/api/v1${path}`, { headers, leaveAfterMs: ms });
  };
  const stays = new AbortController();
  const headers = { authorization: `Bearer ${api.token}` };
  const staying = await Promise.all(
    ['executions', 'logs'].map((what) =>
      fetch(`${api.url}/api/v1/${what}/${id}/follow`, { headers, signal: stays.signal }),
    ),
  );
  assert.deepEqual(
    staying.map(({ status }) => status),
    [200, 200],
  );
  await eventually(async () => (await kept())[0] === before[0]! + 2);
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => leave(`/${n % 2 ? 'executions' : 'logs'}/${id}/follow`, n % 8)),
  );
  await eventually(async () => (await kept())[0] === before[0]! + 2);
  stays.abort();
  const after = await eventually(async () => {
    const now = await kept();
    return String(now) === String(before) && now;
  });
  assert.deepEqual(after, before);
  await kill(id);
});
