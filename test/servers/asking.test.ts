/** Workers that go away while they find out what a step asks: killed, the step asks again; stopped, it is handed on. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import type { Api, ExecutionAnswer } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { aPeer, json } from '../support/peer.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation } from '../support/server.ts';

/** A step asks again after a minute. */
const AGAIN_WITHIN_MS = 150_000;

let redis: TestRedis;
let installation: Installation;
let api: Api;
before(async () => {
  redis = await startRedis();
  installation = anInstallation({ redisUrl: redis.url, env: { WINDHOVER_HTTP_ALLOW_PRIVATE: 'true' } });
  await Promise.all(['executor', 'indexer', 'webserver'].map((name) => installation.start(name)));
  api = installation.api();
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

/** An execution whose first step asks a peer, which leaves its first question unanswered. */
async function asking(id: string): Promise<{ readonly started: ExecutionAnswer; readonly asked: ServerResponse[] }> {
  const asked: ServerResponse[] = [];
  const { url } = await aPeer((_, response) => {
    if (asked.push(response) > 1) json(response, { answer: 'yes' });
  });
  await api.save(aFlow(id, [says('it is so', 'say', { runIf: `{{ http('${url}').answer == 'yes' }}` })]));
  const started = await api.start(`${NAMESPACE}/${id}`);
  await eventually(() => asked.length === 1);
  return { started, asked };
}

const statesOf = ({ taskRunList }: ExecutionAnswer): readonly string[] => taskRunList.map(({ state }) => state.current);

test('asking again what a killed worker was to find out', async () => {
  const first = await installation.start('worker');
  const { started, asked } = await asking('killed');
  await first.kill('SIGKILL');
  const second = await installation.start('worker');
  const ended = await api.ended(started.id, AGAIN_WITHIN_MS);
  assert.deepEqual([ended.state.current, statesOf(ended), asked.length], ['SUCCESS', ['SUCCESS'], 2]);
  await second.kill('SIGTERM');
});

test('handing on what a stopping worker has not found out', async () => {
  const first = await installation.start('worker');
  const { started, asked } = await asking('stopped');
  const second = await installation.start('worker');
  assert.equal(await first.kill('SIGTERM'), 0);
  const ended = await api.ended(started.id);
  assert.deepEqual([ended.state.current, statesOf(ended), asked.length], ['SUCCESS', ['SUCCESS'], 2]);
  await second.kill('SIGTERM');
});
