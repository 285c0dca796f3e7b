/** Commands over REST: the answer is what the command itself has made of the execution, not how far that has gone since. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Api, type ExecutionAnswer, stateOfTask } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE } from '../support/flow-source.ts';
import { anInstallation, type Installation } from '../support/server.ts';

/** Some of them have ended before any answer is read. */
const AT_ONCE = 12;
const PAUSE = { id: 'wait', type: 'io.kestra.plugin.core.flow.Pause' };

let installation: Installation;
let api: Api;
before(async () => {
  installation = anInstallation();
  await installation.start('standalone');
  api = installation.api();
  await api.save(aFlow('pauses', [PAUSE]));
});
after(() => installation.remove());

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
