/** Secrets in a whole installation: read by tasks and steps, handed down and back, asked for by inputs; and nobody finds them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { HIDDEN } from '../../lib/secret/mask.ts';
import { type Api, type ExecutionAnswer, runOfTask, valueOfTask } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, flowable, NAMESPACE, returns, says, type TaskSource } from '../support/flow-source.ts';
import { aPeer, json } from '../support/peer.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const SECRET = 'correct horse battery staple';

let installation: Installation;
let api: Api;
before(async () => {
  installation = anInstallation({
    env: {
      SECRET_TOKEN: Buffer.from(SECRET)
        .toString('base64')
        .replace(/(.{20})/g, '$1\n'),
      SECRET_BROKEN: 'no base64!',
      KESTRA_ENCRYPTION_SECRET_KEY: 'a setting of theirs',
      WINDHOVER_HTTP_ALLOW_PRIVATE: 'true',
    },
  });
  await installation.start('standalone');
  api = installation.api();
});
after(() => installation.remove());

const run = (id: string, tasks: readonly TaskSource[], rest: Readonly<Record<string, unknown>> = {}) =>
  api.runSource(aFlow(id, tasks, rest));
const linesOf = async ({ id }: ExecutionAnswer): Promise<string[]> =>
  (await api.ask<{ message: string }[]>('GET', `/logs/${id}`)).body.map(({ message }) => message);

test('deciding by secrets, handing them down and back', async () => {
  const inputs = [
    { id: 'token', type: 'SECRET' },
    { id: 'own', type: 'SECRET', defaults: "{{ secret('TOKEN') }}" },
  ];
  const child = [
    returns('same', 'x', { runIf: "{{ inputs.token == secret('TOKEN') and inputs.own == inputs.token }}" }),
  ];
  const outputs = [{ id: 'token', type: 'SECRET', value: '{{ inputs.token }}' }];
  await api.save(aFlow('sealed-child', child, { inputs, outputs }));
  const calls = (id: string, token: string) =>
    flowable(id, 'Subflow', { namespace: NAMESPACE, flowId: 'sealed-child', inputs: { token } });
  const ended = await run(
    'sealed',
    [
      calls('call', "{{ secret('TOKEN') }}"),
      calls('again', '{{ outputs.call.outputs.token }}'),
      returns('read', '{{ outputs.again.outputs.token | length }}', {
        runIf: "{{ outputs.again.outputs.token == secret('TOKEN') and inputs.own == secret('TOKEN') }}",
      }),
      says('it is {{ outputs.again.outputs.token }}', 'told'),
      says('never', 'fails', { runIf: "{{ secret('TOKEN') | date('x') }}", allowFailure: true }),
    ],
    { inputs: inputs.slice(1) },
  );
  assert.equal(ended.state.current, 'WARNING', JSON.stringify(ended));
  assert.equal(valueOfTask(ended, 'read'), String(SECRET.length));
  assert.ok(runOfTask(ended, 'fails')!.reason!.includes(HIDDEN));
  for (const id of ['call', 'again']) {
    const called = await api.execution(String(runOfTask(ended, id)!.outputs!.executionId));
    assert.deepEqual(
      called.taskRunList.map(({ state }) => state.current),
      ['SUCCESS'],
    );
  }
  await eventually(async () => (await linesOf(ended)).includes(`it is ${HIDDEN}`));
});

test('keeping an answer encrypted for the tasks that come after', async () => {
  const { url } = await aPeer((_, response) => void response.end(SECRET));
  const ended = await run('encrypted', [
    { id: 'ask', type: 'io.kestra.plugin.core.http.Request', uri: url, encryptBody: true },
    returns('read', '{{ outputs.ask.encryptedBody | length }}', {
      runIf: "{{ outputs.ask.encryptedBody == secret('TOKEN') }}",
    }),
  ]);
  assert.equal(ended.state.current, 'SUCCESS', JSON.stringify(ended));
  assert.equal(valueOfTask(ended, 'read'), String(SECRET.length));
  assert.deepEqual(Object.keys(runOfTask(ended, 'ask')!.outputs!).sort(), ['code', 'encryptedBody', 'headers', 'uri']);
});

test('showing secrets to nobody', async () => {
  const { url } = await aPeer((request, response) => json(response, { knows: request.headers.authorization }));
  const ended = await run('secret', [
    says("the token is {{ secret('TOKEN') }}"),
    returns(
      'length',
      "{{ secret('token') | length }} {{ http(uri, headers={'authorization': secret('TOKEN')}).knows | length }}".replace(
        'uri',
        `'${url}'`,
      ),
    ),
    returns('context', '{{ printContext() }}'),
    {
      id: 'script',
      type: 'io.kestra.plugin.scripts.shell.Commands',
      commands: ["echo '{{ secret('TOKEN') }}'; env; echo $SECRET_TOKEN"],
    },
    returns('broken', "{{ secret('BROKEN') }}", { allowFailure: true }),
    returns('wrong', "{{ secret('TOKEN') | date('x') }}", { allowFailure: true }),
  ]);
  assert.equal(valueOfTask(ended, 'length'), `${SECRET.length} ${SECRET.length}`);
  assert.match(runOfTask(ended, 'broken')!.reason!, /Cannot find secret for key 'BROKEN'/);
  const lines = await eventually(async () => {
    const lines = await linesOf(ended);
    return lines.some((line) => line === `the token is ${HIDDEN}`) && lines.includes(HIDDEN) && lines;
  });
  const encoded = Buffer.from(SECRET).toString('base64');
  const said = [...lines, JSON.stringify(ended), valueOfTask(ended, 'context')];
  for (const text of said)
    for (const form of [SECRET, encoded, 'a setting of theirs']) assert.equal(text.includes(form), false);
  const inClear = readdirSync(installation.data, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const file = join(installation.data, path);
    return statSync(file).isFile() && [SECRET, encoded].some((form) => readFileSync(file).includes(form));
  });
  assert.deepEqual(inClear, []);
});

test('telling the log which secrets are no base64, and nothing of what is in them', async () => {
  const server = await installation.start('worker');
  await server.kill('SIGTERM');
  const told = server.log.filter((line) => line.includes('SECRET_BROKEN'));
  assert.equal(told.length, 1);
  assert.equal(
    server.log.some((line) => line.includes('no base64!') || line.includes(SECRET)),
    false,
  );
});
