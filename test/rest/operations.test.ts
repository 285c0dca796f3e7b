/** Commands over REST: what is answered, and what becomes of the executions that were called. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { type Api, type ExecutionAnswer, runOfTask, stateOfTask } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { anInstallation, type Installation } from '../support/server.ts';

/** Some of them have ended before any answer is read. */
const AT_ONCE = 12;
const PAUSE = { id: 'wait', type: 'io.kestra.plugin.core.flow.Pause' };

let installation: Installation;
let api: Api;
let redis: Redis;
before(async () => {
  installation = anInstallation();
  await installation.start('standalone');
  api = installation.api();
  redis = new Redis(join(installation.data, 'redis.sock'));
  await api.save(aFlow('pauses', [PAUSE]));
});
after(async () => {
  redis.disconnect();
  await installation.remove();
});

const statesOf = ({ state }: ExecutionAnswer) => state.histories.map(({ state: name }) => name);
const WAITS = ['CREATED', 'RUNNING', 'PAUSED'];

/** Paused executions, each answered with what `command` asks of it. */
function answersTo(
  command: (paused: ExecutionAnswer) => { readonly path: string; readonly body?: object },
): Promise<readonly ExecutionAnswer[]> {
  return Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const { id } = await api.start(`${NAMESPACE}/pauses`);
      const paused = await eventually(async () => {
        const seen = await api.execution(id);
        return stateOfTask(seen, 'wait') === 'PAUSED' && seen;
      });
      const { path, body } = command(paused);
      const json = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {};
      const answer = await api.ask<ExecutionAnswer>('POST', `/executions/${id}/${path}`, json);
      assert.equal(answer.status, 200, answer.text);
      assert.equal((await api.ended(id)).state.current, 'SUCCESS');
      return answer.body;
    }),
  );
}

test('answering with an execution that goes on, when a Pause is said to run or is made to', async () => {
  const saidToRun = await answersTo(({ taskRunList }) => ({
    path: 'state',
    body: { taskRunId: taskRunList[0]!.id, state: 'RUNNING' },
  }));
  const madeToRun = await answersTo(() => ({ path: 'force-run' }));
  for (const answer of [...saidToRun, ...madeToRun]) {
    assert.deepEqual(statesOf(answer), [...WAITS, 'RESTARTED', 'RUNNING']);
    assert.equal(stateOfTask(answer, 'wait'), 'RUNNING');
  }
});

const failsAtFirst = {
  id: 'work',
  type: 'io.kestra.plugin.core.execution.Fail',
  condition: '{{ taskrun.attemptsCount == 0 }}',
};
const calls = (flowId: string, more: object = {}) => ({
  id: 'call',
  type: 'io.kestra.plugin.core.flow.Subflow',
  namespace: NAMESPACE,
  flowId,
  ...more,
});
const said = [{ id: 'said', type: 'STRING', value: '{{ outputs.call.outputs.said ?? "done" }}' }];
const callOf = (answer: ExecutionAnswer) => runOfTask(answer, 'call')!;
const calledBy = (answer: ExecutionAnswer) => callOf(answer).outputs?.executionId as string;
const leaves = async () =>
  (await api.ask<{ total: number }>('GET', `/executions/search?namespace=${NAMESPACE}&flowId=leaf`)).body.total;

test('restarting with an execution those that its failed Subflows had called, when all have left Redis', async () => {
  await api.save(aFlow('leaf', [failsAtFirst, says('hello')], { outputs: [{ ...said[0]!, value: 'hello' }] }));
  await api.save(aFlow('middle', [calls('leaf')], { outputs: said }));
  await api.save(aFlow('top', [calls('middle')], { outputs: said }));
  const failed = await api.run(`${NAMESPACE}/top`);
  assert.equal(failed.state.current, 'FAILED');
  const middle = calledBy(failed);
  const leaf = calledBy(await api.execution(middle));
  await eventually(async () => (await redis.keys('windhover:{x:*}:d:*')).length === 0);

  const { status, body } = await api.ask<ExecutionAnswer>('POST', `/executions/${failed.id}/restart`);
  assert.deepEqual([status, body.state.current], [200, 'RESTARTED']);
  const ended = await api.ended(failed.id);
  assert.deepEqual([ended.state.current, ended.outputs, calledBy(ended)], ['SUCCESS', { said: 'hello' }, middle]);
  assert.equal(callOf(ended).attempts?.length, 2);
  assert.equal(calledBy(await api.execution(middle)), leaf);
  for (const id of [middle, leaf]) {
    const { state, labels } = await api.ended(id);
    assert.equal(state.current, 'SUCCESS');
    assert.ok(labels.some(({ key }) => key === 'system.restarted'));
  }
  assert.equal(await leaves(), 1);
});

test('calling another execution where a restart is to', async () => {
  await api.save(aFlow('fails', [{ ...failsAtFirst, condition: true }]));
  await api.save(aFlow('anew', [calls('fails', { restartBehavior: 'NEW_EXECUTION' })]));
  const failed = await api.run(`${NAMESPACE}/anew`);
  await api.ask('POST', `/executions/${failed.id}/restart`);
  const ended = await api.ended(failed.id);
  assert.equal(ended.state.current, 'FAILED');
  assert.notEqual(calledBy(ended), calledBy(failed));
});
