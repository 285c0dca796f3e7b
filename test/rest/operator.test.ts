/** What an operator sees and does: services, messages that were given up, connections; over REST, the command line and metrics. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { prefixOf } from '../../lib/bus/redis/keys.ts';
import { executionPartition } from '../../lib/model/partition.ts';
import type { Api } from '../support/api.ts';
import { bury, LONG_AGO } from '../support/dead-letter.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE } from '../support/flow-source.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess, windhover } from '../support/server.ts';

const PARTITIONS = 8;

let redis: TestRedis;
let client: Redis;
let installation: Installation;
let server: ServerProcess;
let api: Api;
before(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
  installation = anInstallation({ redisUrl: redis.url });
  server = await installation.start('standalone');
  api = installation.api();
  await api.save(aFlow('waiting', [{ id: 'wait', type: 'io.kestra.plugin.core.flow.Pause' }]));
});
after(async () => {
  client.disconnect();
  await installation.remove();
  await redis.stop();
});

interface Letter {
  readonly id: string;
  readonly reason: string;
  readonly kind?: string;
  readonly executionId?: string;
  readonly unreadable?: string;
  readonly messages?: readonly object[];
}
interface Listed<T> {
  readonly results: readonly T[];
  readonly total: number;
}

const letters = async () => (await api.ask<Listed<Letter>>('GET', '/dead-letters')).body;
const command = (...args: readonly string[]) => windhover(args, installation.env);

test('naming each living server with what it owns', async () => {
  interface Service {
    readonly id: string;
    readonly role: string;
    readonly partitions: readonly string[];
    readonly startedAt: string;
    readonly threads?: number;
  }
  const body = await eventually(async () => {
    const { body } = await api.ask<Listed<Service> & { unownedPartitions: readonly string[] }>('GET', '/services');
    return body.unownedPartitions.length === 0 && body.total === 5 && body;
  });
  const roles = new Set(body.results.map(({ role }) => role));
  assert.deepEqual([...roles].sort(), ['executor', 'indexer', 'scheduler', 'webserver', 'worker']);
  const owned = body.results.flatMap(({ role, partitions }) => (role === 'executor' ? partitions : []));
  assert.equal(new Set(owned).size, 2 * PARTITIONS);
  assert.equal(body.total, body.results.length);
  const answer = (await api.ask<{ groups: readonly object[]; partitions: readonly object[] }>('GET', '/services')).body;
  const { threads } = body.results.find(({ role }) => role === 'worker')!;
  assert.deepEqual(answer.groups, [{ group: 'default', workers: 1, threads, threadsFree: threads, parcelsWaiting: 0 }]);
  assert.equal(answer.partitions.length, 2 * PARTITIONS);
  for (const { startedAt } of body.results) assert.ok(Date.parse(startedAt) <= Date.now());
  const { code, out } = await command('services');
  assert.equal(code, 0);
  for (const { id } of body.results) assert.ok(out.includes(id), out);
  assert.deepEqual(JSON.parse((await command('services', '-o', 'json')).out).total, body.total);
});

test('showing a message that cannot be read, which can only be discarded', async () => {
  await client.xadd(`${prefixOf('x:3')}:mail`, '*', 'm', '{not JSON');
  const { results, total } = await eventually(async () => {
    const found = await letters();
    return found.total > 0 && found;
  });
  assert.equal(total, 1);
  const { id } = results[0]!;
  assert.match(id, /^x3-\d+-\d+$/);
  const { body } = await api.ask<Letter>('GET', `/dead-letters/${id}`);
  assert.deepEqual([body.unreadable, body.messages], ['{not JSON', undefined]);
  assert.equal(await server.metric('windhover_executor_dead_letters_total'), 1);
  assert.match((await command('dead-letters', 'list')).out, new RegExp(`${id}.*expected JSON`));
  assert.match((await command('dead-letters', 'show', id)).out, /\{not JSON/);
  const retried = await command('dead-letters', 'retry', id);
  assert.deepEqual([retried.code, /cannot be sent again/.test(retried.err)], [1, true], retried.err);
  assert.equal((await letters()).total, 1);
  const discarded = await command('dead-letters', 'discard', id);
  assert.deepEqual([discarded.code, discarded.out], [0, `${id} discarded\n`]);
  const again = await api.ask('DELETE', `/dead-letters/${id}`);
  assert.deepEqual([again.status, again.body.code], [404, 'letter.unknown']);
});

test('giving up one message of several that came together, and its execution alone', async () => {
  // What came together is of one partition.
  const starts = await Promise.all(Array.from({ length: PARTITIONS + 1 }, () => api.start(`${NAMESPACE}/waiting`)));
  const byPartition = Map.groupBy(starts, ({ id }) => executionPartition(id, PARTITIONS));
  const [partition, [wrong, right]] = [...byPartition].find(([, all]) => all.length > 1)!;
  const ids = [wrong!.id, right!.id];
  for (const id of ids) await eventually(async () => (await api.execution(id)).state.current === 'PAUSED');
  const [broken, fine] = ids.map((executionId) => ({ v: 1, executionId, atMs: Date.now(), incarnation: 0 }));
  const messages = [
    { ...broken, kind: 'timer' },
    { ...fine, kind: 'resume', principal: 'admin' },
  ];
  await client.xadd(`${prefixOf(partition)}:mail`, '*', 'm', JSON.stringify(messages));
  const failed = await api.ended(wrong!.id);
  assert.match(failed.reason ?? '', /the engine could not take a message \(timer\)/);
  assert.equal((await api.ended(right!.id)).state.current, 'SUCCESS');
  const { results } = await letters();
  assert.deepEqual(
    results.map(({ kind, executionId }) => [kind, executionId]),
    [['timer', wrong!.id]],
  );
  await api.ask('DELETE', `/dead-letters/${results[0]!.id}`);
});

test('sending a message once more, however old it is', async () => {
  const { id: executionId } = await api.start(`${NAMESPACE}/waiting`);
  await eventually(async () => (await api.execution(executionId)).state.current === 'PAUSED');
  const message = { v: 1, kind: 'resume', executionId, atMs: LONG_AGO, incarnation: 0, principal: 'admin' };
  const id = await bury(client, executionPartition(executionId, PARTITIONS), message);
  const { results } = await letters();
  assert.deepEqual(
    results.map(({ id, kind, executionId }) => [id, kind, executionId]),
    [[id, 'resume', executionId]],
  );
  assert.equal((await api.ask('POST', `/dead-letters/${id}/retry`)).status, 204);
  assert.equal((await api.ended(executionId)).state.current, 'SUCCESS');
  assert.equal((await letters()).total, 0);
});

test('refusing to start anew what has no source any more, and keeping the letter', async () => {
  const start = { id: 'nothing', flow: { namespace: 'tests', id: 'gone', revision: 1, hash: 'none' } };
  const message = { v: 1, kind: 'start', executionId: 'nothing', atMs: LONG_AGO, labels: {}, start };
  const id = await bury(client, 'x:1', message);
  const { status, body } = await api.ask('POST', `/dead-letters/${id}/retry`);
  assert.deepEqual([status, body.code], [422, 'letter.refused']);
  assert.equal((await letters()).total, 1);
  assert.equal((await command('dead-letters', 'discard', id, 'x99-1-0')).code, 1);
  assert.equal((await letters()).total, 0);
});

test('paging through dead letters, the newest first', async () => {
  const ids = [];
  for (let n = 0; n < 5; n++)
    ids.unshift(await bury(client, `x:${n % 2}`, { v: 1, kind: 'continue', executionId: 'e' }, `${LONG_AGO + n}-0`));
  const pages = await Promise.all(
    [1, 2, 3].map(async (page) => (await api.ask<Listed<Letter>>('GET', `/dead-letters?size=2&page=${page}`)).body),
  );
  assert.deepEqual(
    pages.flatMap(({ results }) => results.map(({ id }) => id)),
    ids,
  );
  assert.deepEqual(
    pages.map(({ total }) => total),
    [5, 5, 5],
  );
});

test('counting the connections to Redis as Redis does', async () => {
  await eventually(async () => {
    const list = String(await client.call('CLIENT', 'LIST'));
    const theirs = list.trim().split('\n').length - 1; // Ours is the one.
    return theirs > 3 && (await server.metric('windhover_redis_connections')) === theirs;
  });
});
