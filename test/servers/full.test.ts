/** All servers as processes of their own, killed and started again while Redis has no memory left. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const SERVERS = ['executor', 'worker', 'scheduler', 'indexer', 'webserver'];
const FLOW = `
id: full
namespace: tests.servers
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: hello }
`;

let redis: TestRedis;
let installation: Installation;
before(async () => {
  redis = await startRedis();
  installation = anInstallation({ redisUrl: redis.url });
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

const startAll = () => Promise.all(SERVERS.map((name) => installation.start(name)));

test('starting where nothing can be written, refusing starts until there is room, and going on then', async (t) => {
  const client = new Redis(redis.socket);
  t.after(() => client.disconnect());
  const servers = await startAll();
  await installation.api().save(FLOW);
  assert.equal((await installation.api().run('tests.servers/full')).state.current, 'SUCCESS');
  await Promise.all(servers.map((server) => server.kill()));

  await client.config('SET', 'maxmemory', '1');
  await startAll();
  const api = installation.api();
  const refused = await api.ask('POST', '/executions/tests.servers/full');
  assert.equal(refused.status, 429);
  assert.equal((await api.ask('GET', '/executions/search')).status, 200);

  await client.config('SET', 'maxmemory', '0');
  assert.equal((await api.run('tests.servers/full')).state.current, 'SUCCESS');
});
