/** What dashboards ask: executions and log lines counted, the latest of each flow, how many flows and triggers there are. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DailyExecutionsBody, DailyLogsBody, ExecutionCountsBody } from '../../web/api/routes/statistics.ts';
import type { Api, ExecutionAnswer } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const BELOW = `${NAMESPACE}.below`;
let installation: Installation;
let api: Api;
const ids: string[] = [];
before(async () => {
  installation = anInstallation();
  await installation.start('standalone');
  api = installation.api();
  const triggers = [{ id: 'yearly', type: 'io.kestra.plugin.core.trigger.Schedule', cron: '0 0 1 1 *' }];
  await api.save(aFlow('fine', [says('hello')], { triggers }));
  await api.save(aFlow('fine', [says('hello')], {}, BELOW));
  await api.save(aFlow('broken', [{ id: 'fail', type: 'io.kestra.plugin.core.execution.Fail' }]));
  for (const flow of [
    `${NAMESPACE}/fine`,
    `${BELOW}/fine`,
    `${NAMESPACE}/broken`,
    `${NAMESPACE}/fine?labels=team:red`,
  ]) {
    const [name, query = ''] = flow.split('?');
    const { id } = await api.start(name!, {}, query && `?${query}`);
    await api.ended(id);
    ids.push(id);
  }
  await eventually(async () => (await stats<Daily>('executions/daily', {})).at(-1)?.duration.count === ids.length);
});
after(() => installation.remove());

type Daily = readonly DailyExecutionsBody[];
async function stats<T>(path: string, body: object): Promise<T> {
  const asked = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const { status, body: answer, text } = await api.ask<T>('POST', `/stats/${path}`, asked);
  assert.equal(status, 200, text);
  return answer;
}
/** Those that are there, by state. */
const found = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${state} ${count}`)
    .sort();
const today = async (body: object) => found((await stats<Daily>('executions/daily', body)).at(-1)!.executionCounts);

test('counting executions by day, each day there with every state', async () => {
  const days = await stats<Daily>('executions/daily', { timeRange: 'P7D' });
  assert.equal(days.length, 8);
  assert.ok(days.every(({ groupBy, startDate }) => groupBy === 'day' && startDate.endsWith('T00:00:00.000Z')));
  assert.deepEqual(found(days.at(-1)!.executionCounts), ['FAILED 1', 'SUCCESS 3']);
  assert.equal(days[0]!.executionCounts.FAILED, 0);
  assert.deepEqual(days[0]!.duration, { min: 'PT0S', avg: 'PT0S', max: 'PT0S', sum: 'PT0S', count: 0 });
  assert.match(days.at(-1)!.duration.sum, /^PT\d+(\.\d+)?S$/);
  assert.equal((await stats<Daily>('executions/daily', {})).length, 31);
  const hours = await stats<Daily>('executions/daily', { timeRange: 'PT5H' });
  assert.deepEqual([hours.length, hours[0]!.groupBy], [6, 'hour']);
});

test('counting those that fit', async () => {
  assert.deepEqual(await today({ namespace: BELOW }), ['SUCCESS 1']);
  assert.deepEqual(await today({ flowId: 'broken' }), ['FAILED 1']);
  assert.deepEqual(await today({ state: ['SUCCESS', 'KILLED'] }), ['SUCCESS 3']);
  assert.deepEqual(await today({ q: 'roke' }), ['FAILED 1']);
  assert.deepEqual(await today({ labels: ['team:red'] }), ['SUCCESS 1']);
  assert.deepEqual(await today({ scope: ['SYSTEM'] }), []);
  assert.deepEqual(await today({ scope: 'USER', namespace: null, q: '' }), ['FAILED 1', 'SUCCESS 3']);
  assert.deepEqual(await today({ startDate: '2020-01-01T00:00:00Z', endDate: '2020-01-03T00:00:00Z' }), []);
});

test('counting by namespace and by flow', async () => {
  const namespaces = await stats<Readonly<Record<string, ExecutionCountsBody>>>(
    'executions/daily/group-by-namespace',
    {},
  );
  assert.deepEqual(Object.keys(namespaces), [NAMESPACE, BELOW]);
  assert.equal(namespaces[NAMESPACE]!.total, 3);
  assert.deepEqual(found(namespaces[NAMESPACE]!.counts), ['FAILED 1', 'SUCCESS 2']);
  type ByFlow = Readonly<Record<string, Readonly<Record<string, Daily>>>>;
  const flows = await stats<ByFlow>('executions/daily/group-by-flow', { timeRange: 'P2D' });
  assert.deepEqual(Object.keys(flows).sort(), [NAMESPACE, BELOW].sort());
  assert.deepEqual(found(flows[NAMESPACE]!.fine!.at(-1)!.executionCounts), ['SUCCESS 2']);
  assert.equal(flows[BELOW]!.fine!.length, 3);
  const named = { flows: [{ namespace: NAMESPACE, id: 'broken' }] };
  const some = await stats<ByFlow>('executions/daily/group-by-flow', named);
  assert.deepEqual(Object.keys(some[NAMESPACE]!), ['broken']);
  const whole = await stats<ByFlow>('executions/daily/group-by-flow', { namespaceOnly: true });
  assert.deepEqual(found(whole[NAMESPACE]!['*']!.at(-1)!.executionCounts), ['FAILED 1', 'SUCCESS 2']);
});

test('telling the latest execution of each flow', async () => {
  const latest = async (body: object) =>
    (await stats<readonly ExecutionAnswer[]>('executions/latest/group-by-flow', body)).map(({ id }) => ids.indexOf(id));
  assert.deepEqual((await latest({})).sort(), [1, 2, 3]);
  assert.deepEqual(await latest({ flows: [{ namespace: NAMESPACE, id: 'fine' }] }), [3]);
  assert.deepEqual((await latest({ flows: [{ namespace: null, id: null }] })).sort(), [1, 2, 3]);
});

test('counting log lines by level, and flows with their triggers', async () => {
  const lines = async (body: object) =>
    found((await stats<readonly DailyLogsBody[]>('logs/daily', body)).at(-1)!.counts);
  await eventually(async () => (await lines({ timeRange: 'P2D', logLevel: 'ERROR' })).length > 0);
  const all = await lines({ timeRange: 'P2D' });
  assert.ok(all.includes('INFO 3'), all.join());
  assert.deepEqual(await lines({ timeRange: 'P2D', namespace: BELOW }), ['INFO 1']);
  assert.deepEqual(await stats('summary', {}), { flows: 3, triggers: 1 });
  assert.deepEqual(await stats('summary', { namespace: BELOW }), { flows: 1, triggers: 0 });
});

test('refusing what cannot be counted', async () => {
  for (const body of [
    { state: ['DREAMING'] },
    { q: 7 },
    { timeRange: 'P7D', startDate: '2026-01-01T00:00:00Z' },
    { startDate: '1990-01-01T00:00:00Z' },
    { flows: 'all' },
  ]) {
    const asked = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const path = 'flows' in body ? 'executions/daily/group-by-flow' : 'executions/daily';
    const { status, text } = await api.ask<{ readonly message: string }>('POST', `/stats/${path}`, asked);
    assert.equal(status, 'flows' in body ? 400 : 422, text);
    assert.match(text, /expected .*got/);
  }
});
