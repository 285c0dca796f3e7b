/** A list that says why its executions wait or have failed: in one answer, without their task runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../lib/errors.ts';
import { versionOf } from '../../lib/model/version.ts';
import type { ExecutionBody, WhyBody } from '../../web/api/bodies.ts';
import { Snapshot } from '../../web/server/live/executions.ts';
import { Reasons } from '../../web/server/live/reasons.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, flowable, NAMESPACE, says, sleeps } from '../support/flow-source.ts';
import { aHead, aStart, aTaskRun, T0 } from '../support/rows.ts';
import { aStandalone } from '../support/standalone.ts';

const FAIL = { id: 'breaks', type: 'io.kestra.plugin.core.execution.Fail', errorMessage: 'the other side said 503' };

const house = aStandalone();

/** Of the only execution of its flow, once it is of that kind. */
const whyOf = (flow: string, kind: WhyBody['kind']): Promise<WhyBody> =>
  eventually(async () => {
    const query = `namespace=${NAMESPACE}&flowId=${flow}&brief=true&why=true`;
    const { body } = await house.api.ask<{ results: readonly ExecutionBody[] }>('GET', `/executions/search?${query}`);
    assert.ok(body.results.every(({ taskRunList }) => taskRunList === undefined));
    const why = body.results[0]?.why;
    return why?.kind === kind && why;
  });

test('saying what waits for its next try, what failed, what is paused and what runs', async () => {
  const retry = { type: 'constant', interval: 'PT1H', maxAttempts: 3 };
  await house.api.save(aFlow('patient', [{ ...FAIL, retry }]));
  await house.api.save(aFlow('broken', [says('x'), FAIL]));
  await house.api.save(aFlow('asking', [flowable('ask', 'Pause', {})]));
  await house.api.save(aFlow('busy', [sleeps('PT10M')]));
  for (const flow of ['patient', 'broken', 'asking', 'busy']) await house.api.start(`${NAMESPACE}/${flow}`);
  const retrying = await whyOf('patient', 'retry');
  assert.ok(retrying.kind === 'retry' && Date.parse(retrying.due!) > Date.now());
  assert.deepEqual([retrying.tasks, retrying.attempt, retrying.reason], [['breaks'], 2, FAIL.errorMessage]);
  const failed = await whyOf('broken', 'failed');
  assert.ok(failed.kind === 'failed' && failed.taskRunId);
  assert.deepEqual([failed.state, failed.task, failed.reason], ['FAILED', 'breaks', FAIL.errorMessage]);
  const paused = await whyOf('asking', 'paused');
  assert.ok(paused.kind === 'paused');
  assert.deepEqual(paused.tasks, ['ask']);
  assert.deepEqual(await whyOf('busy', 'works'), { kind: 'works', tasks: ['sleep'] });
});

test('reading one with many task runs whole', async () => {
  const values = Array.from({ length: 250 }, (_, n) => n);
  await house.api.save(
    aFlow('large', [flowable('each', 'ForEach', { values, tasks: [says('x')] }), flowable('ask', 'Pause', {})]),
  );
  await house.api.start(`${NAMESPACE}/large`);
  const paused = await whyOf('large', 'paused');
  assert.ok(paused.kind === 'paused');
  assert.deepEqual(paused.tasks, ['ask']);
});

test('reading a large one once for all who look, until its state is another, and doing without where it cannot be read', async () => {
  let reads = 0;
  let isAway = false;
  const start = aStart('large');
  const failing = { ...aTaskRun('t9', 9, 'FAILED'), reason: 'exit code 3' };
  const find = async () => {
    reads++;
    if (isAway) throw new Fault('bus.unavailable', 'expected Redis, got nothing');
    return new Snapshot(start, aHead(['RUNNING', 'FAILED']), [failing]);
  };
  const reasons = new Reasons({ taskRuns: async () => new Map() }, { find });
  const row = { ...start, ...aHead(['RUNNING', 'FAILED']), version: versionOf(1, 1) };
  const look = async (of = row, nowMs = T0) => (await reasons.of([of], nowMs)).get('large');
  const why = { kind: 'failed', state: 'FAILED', task: 'task-9', taskRunId: 't9', reason: 'exit code 3' };
  for (const laterMs of [0, 1, 1e9]) assert.deepEqual(await look(row, T0 + laterMs), why);
  assert.equal(reads, 1);
  isAway = true;
  const restarted = { ...row, incarnation: 2, ...aHead(['RUNNING', 'FAILED', 'RESTARTED']) };
  for (let n = 0; n < 2; n++) assert.equal(await look(restarted), undefined);
  isAway = false;
  for (const laterMs of [0, 5_000, 20_000]) await look(restarted, T0 + laterMs);
  assert.equal(reads, 5);
});
