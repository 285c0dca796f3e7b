/**
 * Bad input is refused with what a person needs to mend it (where, what was expected, what was got) and with the words that
 * Kestra's clients look for, and it leaves no trace: keys of Redis, rows and files are the same before and after.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Answer, Api } from '../support/api.ts';
import { dumpOf, settledDumpOf } from '../support/dump.ts';
import { aFlow, NAMESPACE, says, YAML } from '../support/flow-source.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
const MB = 1024 * 1024;

interface Refusal {
  readonly message: string;
  readonly code: string;
  readonly detail: string;
  readonly status: number;
  readonly title: string;
  readonly problems: readonly {
    readonly message: string;
    readonly path: string;
    readonly line?: number;
    readonly column?: number;
    readonly expected?: string;
    readonly got?: string;
  }[];
  readonly _embedded: { readonly errors: readonly { readonly message: string }[] };
}

let installation: Installation;
let api: Api;
let execution: string;
let untouched: readonly string[];
before(async () => {
  installation = anInstallation({ env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  await installation.start('standalone');
  api = installation.api();
  const inputs = [
    { id: 'name', type: 'STRING', validator: '[a-z]+' },
    { id: 'count', type: 'INT', max: 20, defaults: 1 },
    { id: 'what', type: 'JSON', required: false },
  ];
  await api.save(aFlow('taken', [{ id: 'leave', type: 'test.Leave', name: 'a', content: 'b' }], { inputs }));
  execution = (await api.run(`${NAMESPACE}/taken`, { name: 'ada' })).id;
  untouched = await settledDumpOf(installation.data);
});
after(async () => {
  await installation.remove();
});

const save = (body: string, path = '/flows', method = 'POST') =>
  api.ask<Refusal>(method, path, { headers: YAML, body });
const run = (init: RequestInit, query = '', flow = 'taken') =>
  api.ask<Refusal>('POST', `/executions/${NAMESPACE}/${flow}${query}`, init);
const form = (fields: Readonly<Record<string, string>>): RequestInit => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return { body };
};
const json = (body: string): RequestInit => ({ headers: { 'content-type': 'application/json' }, body });

/** Of a flow, each property on a line of its own. */
const source = (task: string, more = ''): string =>
  `id: bad\nnamespace: ${NAMESPACE}\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n${task}${more}`;

function assertRefused(
  { status, body, text }: Answer<Refusal>,
  expected: { readonly status: number; readonly code: string },
): void {
  assert.deepEqual([status, body?.code, body?.status], [expected.status, expected.code, expected.status], text);
  assert.ok(body.message.length > 0 && body.title.length > 0 && body._embedded.errors.length > 0);
  assert.match(body.detail, /expected .+, got .+/s);
  assertNoInside(text);
}

/** Neither a stack nor a path of this machine. */
function assertNoInside(text: string): void {
  assert.doesNotMatch(text, /\\n +at |node:internal|node_modules|\.ts:\d/);
  assert.ok(!text.includes(installation.folder) && !text.includes(process.cwd()), text);
}

const FLOWS: Readonly<
  Record<
    string,
    { readonly source: string; readonly line: number; readonly path: string; readonly says: readonly RegExp[] }
  >
> = {
  'YAML that is broken': {
    source: source('    message: "open\n'),
    line: 7,
    path: '',
    says: [/expected YAML, got the end of the text: Missing closing "quote/],
  },
  'a tab as indentation': {
    source: 'id: bad\n\tnamespace: a\n',
    line: 2,
    path: '',
    says: [/expected YAML, got .*: Tabs are not allowed/],
  },
  'a key twice': {
    source: source('    message: a\n', 'variables:\n  tf: 1\n  tf: 2\n'),
    line: 9,
    path: 'variables.tf',
    says: [/Duplicate field 'tf' \(expected each key once, got tf twice\)/],
  },
  'a type that nobody has': {
    source: source('    message: a\n').replace('log.Log', 'log.Lag'),
    line: 5,
    path: 'tasks[0].type',
    says: [/Invalid type: io\.kestra\.plugin\.core\.log\.Lag/, /did you mean io\.kestra\.plugin\.core\.log\.Log\?/],
  },
  'a property that nobody knows': {
    source: source('    message: a\n    mesage: b\n'),
    line: 7,
    path: 'tasks[0].mesage',
    says: [/Unrecognized field "mesage" \(class io\.kestra\.plugin\.core\.log\.Log\)/, /message/],
  },
  'a property of another type': {
    source: source('    message: a\n    level: LOUD\n'),
    line: 7,
    path: 'tasks[0].level',
    says: [/expected .*, got .*LOUD/],
  },
  'an id twice': {
    source: source('    message: a\n', '  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: b\n'),
    line: 7,
    path: 'tasks[1].id',
    says: [/Duplicate task id with name \[say\]/, /expected each task id once/],
  },
  'no tasks': {
    source: `id: bad\nnamespace: ${NAMESPACE}\ntasks: []\n`,
    line: 3,
    path: 'tasks',
    says: [/must not be empty/],
  },
  'a label of the system': {
    source: source('    message: a\n', 'labels:\n  system.label: x\n'),
    line: 8,
    path: 'labels.system.label',
    says: [/System labels can only be set by Kestra itself, offending label: system\.label=x/],
  },
};
for (const [what, { source: text, line, path, says: sentences }] of Object.entries(FLOWS))
  test(`refusing a flow with ${what}, and naming the place`, async () => {
    const answer = await save(text);
    assertRefused(answer, { status: 422, code: 'flow.invalid' });
    const [problem] = answer.body.problems;
    assert.deepEqual([problem!.line, problem!.path, problem!.column! > 0], [line, path, true], answer.text);
    for (const sentence of sentences) assert.match(answer.body.message, sentence);
    // What an editor shows of it is the same.
    const validated = await api.ask<{ problems: Refusal['problems'] }[]>('POST', '/flows/validate', {
      headers: YAML,
      body: text,
    });
    assert.deepEqual([validated.status, validated.body[0]!.problems], [200, answer.body.problems]);
  });

test('warning of an expression that cannot be parsed, and naming the place', async () => {
  const text = source('    message: "{{ outputs.( }}"\n');
  const validated = await api.ask<{ problems: Refusal['problems']; constraints?: string }[]>(
    'POST',
    '/flows/validate',
    {
      headers: YAML,
      body: text,
    },
  );
  const [{ problems, constraints }] = validated.body as [(typeof validated.body)[0]];
  assert.equal(constraints, undefined);
  const [{ line, column, path, message, got }] = problems as [Refusal['problems'][0]];
  assert.deepEqual([line, column, path], [6, 28, 'tasks[0].message']);
  assert.deepEqual([message, got], ['expected `)`, got `}`', '{{ outputs.( }}\n             ^']);
});

test('refusing a flow that exists and one that is another', async () => {
  const exists = await save(aFlow('taken', [says('a')]));
  assertRefused(exists, { status: 422, code: 'flow.exists' });
  assert.match(exists.body.message, /Flow id already exists \(expected a new id, got taken, which exists\)/);
  assertRefused(await save(aFlow('other', [says('a')]), `/flows/${NAMESPACE}/taken`, 'PUT'), {
    status: 422,
    code: 'flow.invalid',
  });
  assertRefused(await save('neither: [', `/flows/${NAMESPACE}/nowhere`, 'PUT'), { status: 404, code: 'flow.unknown' });
  assertRefused(await api.ask<Refusal>('DELETE', `/flows/${NAMESPACE}/nowhere`), { status: 404, code: 'flow.unknown' });
});

test('refusing what is too large, before it costs anything', async () => {
  const comment = (bytes: number) => source('    message: a\n', `# ${'x'.repeat(bytes)}\n`);
  assertRefused(await save(comment(MB - 200)), { status: 422, code: 'flow.invalid' });
  assertRefused(await save(comment(1.1 * MB)), { status: 413, code: 'request.tooLarge' });
  assertRefused(await save(comment(10 * MB)), { status: 413, code: 'request.tooLarge' });
  assertRefused(await run(json(JSON.stringify({ name: 'x'.repeat(10 * MB) }))), {
    status: 413,
    code: 'request.tooLarge',
  });
  assertRefused(await run(form({ name: 'ada', what: JSON.stringify('x'.repeat(300_000)) })), {
    status: 413,
    code: 'bus.messageTooLarge',
  });
  const endless = new ReadableStream(
    {
      pull: (stream) => stream.enqueue(new Uint8Array(MB).fill(35)),
    },
    { highWaterMark: 0 },
  ).pipeThrough(new TransformStream({ transform: limited(12) }));
  const streamed = await api.ask<Refusal>('POST', '/flows', {
    headers: YAML,
    body: endless,
    duplex: 'half',
  } as RequestInit);
  assertRefused(streamed, { status: 413, code: 'request.tooLarge' });
});

test('refusing what has no end, in the middle of it', { timeout: 30_000 }, async () => {
  const headers = { authorization: `Bearer ${api.token}`, ...YAML };
  const request = httpRequest(`${api.url}/api/v1/flows`, { method: 'POST', headers });
  request.on('error', () => {}); // It may be broken off while it still sends.
  const send = () => void request.write(new Uint8Array(MB).fill(35));
  request.on('drain', send);
  send();
  const [{ statusCode }] = (await once(request, 'response')) as [IncomingMessage];
  request.destroy();
  assert.equal(statusCode, 413);
});

/** Passes so many chunks on, and ends. */
function limited(chunks: number) {
  let left = chunks;
  return (chunk: Uint8Array, to: TransformStreamDefaultController<Uint8Array>) => {
    if (left-- > 0) to.enqueue(chunk);
    else to.terminate();
  };
}

test('refusing inputs that are missing or are none of their type, all at once', async () => {
  const missing = await run(form({ count: '1' }));
  assertRefused(missing, { status: 422, code: 'input.invalid' });
  assert.match(missing.body.message, /Invalid input for `name`, missing required input, but received `null`/);
  assert.deepEqual(
    missing.body.problems.map(({ path, expected, got }) => [path, expected, got]),
    [['inputs.name', 'STRING', 'nothing']],
  );

  const wrong = await run(form({ name: 'Ada!', count: 'many', what: '{"a":' }));
  assertRefused(wrong, { status: 422, code: 'input.invalid' });
  assert.deepEqual(
    wrong.body.problems.map(({ path }) => path),
    ['inputs.name', 'inputs.count', 'inputs.what'],
  );
  assert.match(wrong.body.message, /Invalid input for `name`, it must match the pattern `\[a-z\]\+`/);
  assert.match(wrong.body.message, /Invalid input for `count`, For input string: "many", but received `many`/);

  const beyond = await run(form({ name: 'ada', count: '21' }));
  assert.match(beyond.body.message, /Invalid input for `count`, it must be less than `20`, but received `21`/);
  const form_of_another_kind = await run({ headers: { 'content-type': 'text/plain' }, body: 'name=ada' });
  assertRefused(form_of_another_kind, { status: 400, code: 'request.invalid' });
});

test('refusing what nobody knows', async () => {
  for (const path of ['/executions/nobody', '/executions/nobody/file/metas?path=x', '/logs/nobody/download'])
    assertRefused(await api.ask<Refusal>('GET', path), { status: 404, code: 'execution.unknown' });
  assertRefused(await api.ask<Refusal>('DELETE', '/executions/nobody/kill'), {
    status: 404,
    code: 'execution.unknown',
  });
  assertRefused(await api.ask<Refusal>('DELETE', `/executions/${execution}/kill`), {
    status: 409,
    code: 'execution.ended',
  });
  assertRefused(await run({}, '', 'nowhere'), { status: 404, code: 'flow.unknown' });
  assertRefused(await api.ask<Refusal>('PATCH', '/executions/search'), { status: 405, code: 'request.method' });
  assertRefused(await api.ask<Refusal>('GET', '/nowhere'), { status: 404, code: 'request.unknown' });
  assert.equal((await api.ask('PATCH', '/logs/search')).headers.get('allow'), 'HEAD, GET, DELETE');
});

test('refusing labels, keys and parameters that are none', async () => {
  for (const query of ['?labels=system.x:y', '?labels=a:', '?labels=__proto__:x'])
    assertRefused(await run(form({ name: 'ada' }), query), { status: 422, code: 'label.invalid' });
  for (const query of ['?labels=a', '?revision=first', '?wait=perhaps'])
    assertRefused(await run(form({ name: 'ada' }), query), { status: 422, code: 'request.parameter' });
  const headers = { 'idempotency-key': '' };
  assertRefused(await run({ ...form({ name: 'ada' }), headers }), { status: 400, code: 'request.invalid' });
});

test('having left no trace of any of it', async () => {
  assert.ok(
    untouched.some((line) => line.startsWith('row executions')) &&
      untouched.some((line) => line.startsWith('file storage')),
  );
  assert.deepEqual(await settledDumpOf(installation.data), untouched);
  // And a trace would have been seen.
  await api.save(aFlow('trace', [says('a')]));
  assert.notDeepEqual(await dumpOf(installation.data), untouched);
});
