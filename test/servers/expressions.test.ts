/** What expressions ask, in a whole installation: of steps, tasks, inputs and the environment. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Api, runOfTask, valueOfTask } from '../support/api.ts';
import { aFlow, flowable, NAMESPACE, returns, type TaskSource } from '../support/flow-source.ts';
import { aPeer, json } from '../support/peer.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const SECRET = 'correct horse battery staple';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let installation: Installation;
let api: Api;
before(async () => {
  installation = anInstallation({
    env: {
      SECRET_TOKEN: Buffer.from(SECRET).toString('base64'),
      ENV_REGION: 'north',
      KESTRA_OLDER: 'south',
      WINDHOVER_VARIABLES: JSON.stringify({ globals: { shop: { name: 'corner' } } }),
      WINDHOVER_TIMEZONE: 'Asia/Tokyo',
      WINDHOVER_HTTP_ALLOW_PRIVATE: 'true',
    },
  });
  await installation.start('standalone');
  api = installation.api();
});
after(() => installation.remove());

/** Leaves one file of this content. */
const writes = (content: string, id = 'write'): TaskSource => ({
  id,
  type: 'io.kestra.plugin.scripts.shell.Commands',
  commands: [`printf '%s' '${content}' > out.txt`],
  outputFiles: ['out.txt'],
});
const FILE = "outputs.write.outputFiles['out.txt']";

const run = (
  id: string,
  tasks: readonly TaskSource[],
  rest: Readonly<Record<string, unknown>> = {},
  inputs?: Readonly<Record<string, string | Blob>>,
) => api.runSource(aFlow(id, tasks, rest), inputs);

describe('expressions of steps', () => {
  test('reading files to decide, to choose and to iterate', async () => {
    const ended = await run('reading', [
      writes('["yes","no"]'),
      returns('run', 'a', { runIf: `{{ json(read(${FILE}))[0] == 'yes' }}` }),
      returns('skip', 'b', { runIf: `{{ json(read(${FILE}))[0] == 'no' }}` }),
      flowable('switch', 'Switch', {
        value: `{{ json(read(${FILE}))[1] }}`,
        cases: { yes: [returns('other', 'x')], no: [returns('chosen', 'x')] },
      }),
      flowable('each', 'ForEach', { values: `{{ read(${FILE}) }}`, tasks: [returns('in', '{{ taskrun.value }}')] }),
      flowable('sizes', 'ForEach', {
        values: `{{ [fileSize(${FILE}), fileExists(${FILE}), isFileEmpty(${FILE})] }}`,
        tasks: [returns('size', '{{ taskrun.value }}')],
      }),
    ]);
    assert.equal(ended.state.current, 'SUCCESS');
    const states = Object.fromEntries(ended.taskRunList.map(({ taskId, state }) => [taskId, state.current]));
    assert.deepEqual(
      [states.run, states.skip, states.chosen, states.other],
      ['SUCCESS', 'SKIPPED', 'SUCCESS', undefined],
    );
    const values = (id: string) => ended.taskRunList.filter(({ taskId }) => taskId === id).map(({ value }) => value);
    assert.deepEqual(values('in'), ['yes', 'no']);
    assert.deepEqual(values('size'), ['12', 'true', 'false']);
  });

  test('running the real jq, throwing dice, and seeing clock, environment and globals', async () => {
    const ended = await run('asking', [
      flowable('each', 'ForEach', {
        values: '{{ ["b", "a"] | jq("sort | map(ascii_upcase) | @json") | first }}',
        tasks: [returns('in', '{{ taskrun.value }}')],
      }),
      flowable('dice', 'ForEach', {
        values: '{{ [uuid(), uuid(), now() | date("Z"), envs.region, envs.older, globals.shop.name] }}',
        tasks: [returns('die', 'x')],
      }),
    ]);
    assert.equal(ended.state.current, 'SUCCESS');
    const values = (id: string) => ended.taskRunList.filter(({ taskId }) => taskId === id).map(({ value }) => value!);
    assert.deepEqual(values('in'), ['A', 'B']);
    const [first, second, ...rest] = values('die');
    for (const uuid of [first!, second!]) assert.match(uuid, UUID);
    assert.deepEqual(rest, ['+0900', 'north', 'south', 'corner']);
  });

  test('asking the network, from the first task on', async () => {
    const { url } = await aPeer((_, response) => json(response, { open: true, names: ['x'] }));
    const ended = await run('http', [
      returns('first', 'a', { runIf: `{{ http('${url}').open }}` }),
      flowable('each', 'ForEach', { values: `{{ http('${url}').names }}`, tasks: [returns('in', 'x')] }),
    ]);
    assert.deepEqual(
      ended.taskRunList.map(({ taskId, state }) => [taskId, state.current]),
      [
        ['first', 'SUCCESS'],
        ['each', 'SUCCESS'],
        ['in', 'SUCCESS'],
      ],
    );
  });

  test('failing at their place for what they may not have', async () => {
    const foreign = `kestra:///tests/rest/other/executions/abc/x.txt`;
    const allowed = { allowFailure: true };
    const ended = await run('wrong', [
      { ...writes(''), commands: ['head -c 300000 /dev/zero > out.txt'] },
      returns('other', 'x', { ...allowed, runIf: `{{ read('${foreign}') }}` }),
      returns('missing', 'x', { ...allowed, runIf: `{{ read(${FILE} ~ '.no') }}` }),
      flowable('large', 'ForEach', { ...allowed, values: `{{ read(${FILE}) }}`, tasks: [returns('in', 'x')] }),
      returns('secret', 'x', { ...allowed, runIf: "{{ secret('NOWHERE') == '' }}" }),
      returns('kv', 'x', { ...allowed, runIf: "{{ kv('a') == '' }}" }),
      returns('task', `{{ read('${foreign}') }}`, allowed),
    ]);
    assert.equal(ended.state.current, 'WARNING');
    const reasons = Object.fromEntries(ended.taskRunList.map(({ taskId, reason = '' }) => [taskId, reason]));
    assert.match(reasons.other!, /expected a file of this execution, or of one that it came from/);
    assert.match(reasons.missing!, /expected a file in the internal storage, got none at/);
    assert.match(reasons.large!, /expected an answer of at most 204800 bytes/);
    assert.match(reasons.secret!, /Cannot find secret for key 'NOWHERE'/);
    assert.match(reasons.kv!, /kv\(\) is not supported yet/);
    assert.match(reasons.task!, /expected a file of this execution/);
    // Each points at its expression.
    for (const id of ['other', 'missing', 'large', 'secret', 'kv', 'task'])
      assert.match(reasons[id]!, /in the expression `\{\{.*\}\}` at line 1, column \d+/, id);
  });

  test('asking for the defaults of a flow that is called', async () => {
    const { url } = await aPeer((_, response) => json(response, ['a', 'b']));
    const inputs = [
      { id: 'file', type: 'FILE' },
      { id: 'content', type: 'STRING', defaults: '{{ read(inputs.file) }}' },
      { id: 'names', type: 'JSON', defaults: `{{ http('${url}') }}` },
    ];
    await api.save(aFlow('asks', [returns('say', '{{ inputs.content }} {{ inputs.names }}')], { inputs }));
    await api.save(
      aFlow('asks-wrong', [returns('say', 'x')], {
        inputs: [{ id: 'x', type: 'STRING', defaults: "{{ read('kestra:///a/b/executions/c/d') }}" }],
      }),
    );
    const calls = (id: string, flowId: string, more: object = {}) =>
      flowable(id, 'Subflow', { namespace: NAMESPACE, flowId, ...more });
    const ended = await run('calls-asking', [
      writes('content'),
      calls('call', 'asks', { inputs: { file: `{{ ${FILE} }}` } }),
      calls('wrong', 'asks-wrong', { allowFailure: true }),
    ]);
    assert.equal(ended.state.current, 'WARNING', JSON.stringify(ended));
    const called = await api.execution(String(runOfTask(ended, 'call')!.outputs!.executionId));
    assert.equal(valueOfTask(called, 'say'), 'content ["a","b"]');
    assert.match(runOfTask(ended, 'wrong')!.reason!, /expected a file of this execution, or of one that it came from/);
  });

  test('reading what an execution far above has handed down', async () => {
    const file = { inputs: [{ id: 'file', type: 'FILE' }] };
    const calls = (flowId: string, value: string) =>
      flowable('call', 'Subflow', { namespace: NAMESPACE, flowId, inputs: { file: value }, wait: true });
    await api.save(
      aFlow('lowest', [returns('read', '{{ read(inputs.file) }}', { runIf: "{{ read(inputs.file) == 'yes' }}" })], {
        ...file,
        outputs: [{ id: 'read', type: 'STRING', value: '{{ outputs.read.value }}' }],
      }),
    );
    await api.save(
      aFlow('middle', [calls('lowest', '{{ inputs.file }}')], {
        ...file,
        outputs: [{ id: 'read', type: 'STRING', value: '{{ outputs.call.outputs.read }}' }],
      }),
    );
    const ended = await run('highest', [writes('yes'), calls('middle', `{{ ${FILE} }}`)]);
    assert.equal(ended.state.current, 'SUCCESS');
    assert.deepEqual(runOfTask(ended, 'call')!.outputs!.outputs, { read: 'yes' });
  });
});

describe('expressions of tasks', () => {
  test('waiting for what they ask, in properties and in commands', async () => {
    const ended = await run('tasks', [
      writes('content'),
      returns('read', `{{ read(${FILE}) }} {{ uuid() }} {{ now() | date('yyyy') }}`),
      {
        ...writes(''),
        id: 'script',
        commands: [`printf '%s' '{{ read(${FILE}) }}' > out.txt`],
        env: { A: `{{ fileSize(${FILE}) }}` },
      },
      returns('again', "{{ read(outputs.script.outputFiles['out.txt']) }}"),
      flowable('fail', 'AllowFailure', {
        tasks: [{ id: 'broken', type: 'io.kestra.plugin.core.execution.Fail', errorMessage: 'it broke' }],
      }),
      returns('errors', '{{ errorLogs() | jq(".[].message") }}'),
    ]);
    assert.match(valueOfTask(ended, 'read'), new RegExp(`^content ${UUID.source.slice(1, -1)} 20\\d\\d$`));
    assert.equal(valueOfTask(ended, 'again'), 'content');
    assert.match(valueOfTask(ended, 'errors'), /it broke/);
  });
});

describe('expressions of inputs', () => {
  const defaults = (id: string, expression: string) => ({ id, type: 'STRING', defaults: expression });
  const refused = async (id: string, expression: string): Promise<string> => {
    await api.save(aFlow(id, [returns('a', 'a')], { inputs: [defaults('x', expression)] }));
    const { status, body } = await api.ask<{ message: string }>('POST', `/executions/${NAMESPACE}/${id}`);
    assert.equal(status, 422);
    return body.message;
  };

  test('answered when an execution is started', async () => {
    const { url } = await aPeer((_, response) => json(response, ['a', 'b']));
    const inputs = [
      { id: 'file', type: 'FILE' },
      defaults('content', '{{ read(inputs.file) }}'),
      defaults('id', '{{ uuid() }}'),
      defaults('day', '{{ now() | date("yyyy Z") }}'),
      defaults('place', '{{ envs.region }} {{ globals.shop.name }}'),
      { id: 'choice', type: 'SELECT', expression: `{{ http('${url}') }}`, defaults: 'b' },
    ];
    const ended = await run('inputs', [returns('a', 'a')], { inputs }, { file: new File(['of a file'], 'a.txt') });
    const { file: _, id, day, ...rest } = ended.inputs as Record<string, string>;
    assert.deepEqual(rest, { content: 'of a file', place: 'north corner', choice: 'b' });
    assert.match(id!, UUID);
    assert.match(day!, /^20\d\d \+0900$/);
  });

  test('refused in a sentence where only a worker could answer', async () => {
    assert.match(await refused('secret-input', "{{ secret('TOKEN') }}"), /in the default of a SECRET input alone/);
    assert.match(await refused('jq-input', '{{ [1] | jq("@text") | first }}'), /expected a jq program that runs here/);
    assert.match(
      await refused('read-input', "{{ read('kestra:///a/b/executions/c/d') }}"),
      /expected a file of this execution/,
    );
    assert.match(
      await refused('logs-input', '{{ errorLogs() }}'),
      /expected an execution that runs around errorLogs\(\)/,
    );
  });
});
