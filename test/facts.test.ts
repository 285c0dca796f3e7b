/** What expressions of a task ask of the world, answered without a worker: clock, dice, files, HTTP, secrets. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import type { Answer } from '../lib/expression/world.ts';
import { asked } from '../lib/expression/world.ts';
import { maskOf } from '../lib/secret/mask.ts';
import { READ_BYTES_MAX } from '../lib/task/answer/file.ts';
import { Facts, WAITS_MAX } from '../lib/task/facts.ts';
import type { Outcome } from '../lib/task/outcome.ts';
import { defineTask, type TaskContext } from '../plugins/sdk/index.ts';
import { aPeer, bodyOf, json } from './support/peer.ts';
import { aRun, aStored, type RunWanted, storage } from './support/running.ts';

const says = defineTask({
  type: 'test.Says',
  title: 'Says and gives a text',
  properties: z.strictObject({ text: z.string() }),
  run: ({ log }, { text }) => {
    log.info(text);
    return { text };
  },
});

/** The text of the outcome, or why there is none. */
async function rendered(text: string, wanted: RunWanted = {}): Promise<string> {
  const { state, outputs, reason } = await aRun(says, { text }, wanted).run();
  return state === 'SUCCESS' ? String(outputs!.text) : reason!;
}

const PLACE = { namespace: 'company.team', flowId: 'flow', executionId: 'execution' };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('asking clock and dice', () => {
  test('without a promise', () => {
    const outcome = aRun(says, {
      text: '{{ now() | date("yyyy") }} {{ uuid() }} {{ randomInt(1, 2) }}',
    }).run() as Outcome;
    const [year, uuid, one] = String(outcome.outputs!.text).split(' ');
    assert.equal(Number(year), new Date().getUTCFullYear());
    assert.match(uuid!, UUID);
    assert.equal(one, '1');
  });

  test('that are others for each run, and for each call', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => rendered('{{ id() }} {{ id() }}')));
    assert.equal(new Set(ids.flatMap((text) => text.split(' '))).size, 6);
  });

  test('in the time zone of the installation', async () => {
    const text = "{{ '2026-01-01T00:00:00Z' | date('HH:mm') }}";
    assert.equal(await rendered(text), '00:00');
    assert.equal(await rendered(text, { ground: { timeZone: 'Asia/Tokyo' } }), '09:00');
  });

  test('that stay the same while something is waited for', async () => {
    const seen: string[][] = [];
    const answer = async (): Promise<Answer> => ({ value: 'x' });
    const facts = new Facts({ answerer: () => ({ atOnce: () => undefined, later: answer }) });
    await facts.wait((world) => {
      seen.push([String(world.nowMs), Buffer.from(world.random!(8)).toString('hex')]);
      for (const key of ['a', 'b', 'c']) asked(world, 'kv', { key });
    });
    assert.equal(seen.length, 4);
    assert.deepEqual(seen.slice(1), [seen[0], seen[0], seen[0]]);
  });
});

test('waiting for no more answers than a bound', async () => {
  let waits = 0;
  const later = async (): Promise<Answer> => ({ value: ++waits });
  const facts = new Facts({ answerer: () => ({ atOnce: () => undefined, later }) });
  const work = facts.wait((world) => {
    for (let key = 0; ; key++) {
      const answer = asked(world, 'kv', { key });
      if ('refused' in answer) throw new Error(answer.refused);
    }
  });
  await assert.rejects(async () => work, new RegExp(`expected at most ${WAITS_MAX} answers`));
  assert.equal(waits, WAITS_MAX);
});

describe('reading files', () => {
  test('of the execution itself', async () => {
    const uri = await aStored('a.txt', 'grün');
    const text = `{{ read('${uri}') }} {{ fileSize('${uri}') }} {{ fileExists('${uri}') }} {{ isFileEmpty('${uri}') }}`;
    assert.equal(await rendered(text), 'grün 5 true false');
    const empty = await aStored('empty.txt', '');
    assert.equal(await rendered(`{{ isFileEmpty('${empty}') }}|{{ read('${empty}') }}|`), 'true||');
    assert.equal(await rendered(`{{ fileExists('${uri}.other') }}`), 'false');
    assert.match(
      await rendered(`{{ read('${uri}.other') }}`),
      /expected a file in the internal storage, got none at .*other/,
    );
  });

  test('of the executions that it came from, and of no other one', async () => {
    const kin = () => [PLACE, { namespace: 'other', flowId: 'parent', executionId: 'above' }];
    const read = async (uri: string) => {
      await storage.put('main', uri, Buffer.from('content'));
      return rendered(`{{ read('${uri}') }}`, { given: { kin } });
    };
    assert.equal(await read('kestra:///other/parent/executions/above/tasks/t/r/x.txt'), 'content');
    for (const other of [
      'kestra:///other/parent/executions/above2/x.txt',
      'kestra:///other/parent/executions/beside/x.txt',
      'kestra:///company/team/flow/executions/execution2/x.txt',
    ])
      assert.match(await read(other), /expected a file of this execution, or of one that it came from, got /, other);
  });

  test('by no way that leads out', async () => {
    const own = 'kestra:///company/team/flow/executions/execution/';
    for (const way of ['../other/x.txt', '%2e%2e/x.txt', './x.txt', 'a//b'])
      assert.match(
        await rendered(`{{ read('${own}${way}') }}`),
        /expected (names without way out|a file in the internal)/,
        way,
      );
    for (const path of [
      '/etc/passwd',
      '../x.txt',
      'notes.txt',
      'file:///etc/passwd',
      'nsfile:///a',
      '',
      'kestra:///x/_files/a',
    ])
      assert.match(await rendered(`{{ read('${path}') }}`), /files of namespaces are not supported yet/, path);
  });

  test('up to a bound', async () => {
    const [fits, larger] = [
      await aStored('fits', Buffer.alloc(READ_BYTES_MAX, 'x')),
      await aStored('larger', Buffer.alloc(READ_BYTES_MAX + 1)),
    ];
    assert.equal(await rendered(`{{ read('${fits}') | length }}`), String(READ_BYTES_MAX));
    assert.match(
      await rendered(`{{ read('${larger}') }}`),
      /expected a file of at most 1048576 bytes for read\(\), got 1048577/,
    );
    assert.equal(await rendered(`{{ fileSize('${larger}') }}`), String(READ_BYTES_MAX + 1));
  });
});

describe('asking over HTTP', () => {
  const allowed: RunWanted = { ground: { http: { allowPrivate: true } } };

  test('for JSON and text, with method, query, headers, credentials and body', async () => {
    const { url } = await aPeer(async (request, response) => {
      const { method, url: path, headers } = request;
      json(response, {
        method,
        path,
        body: await bodyOf(request),
        auth: headers.authorization,
        kind: headers['content-type'],
        x: headers['x-a'],
      });
    });
    const text = `{% set a = http('${url}/p?a=1', method='post', query={'b': [2, 'c d']}, body={'n': 1}, headers={'X-A': 'h'}, options={'auth': {'type': 'BEARER', 'token': 't'}}) %}{{ a.method }} {{ a.path }} {{ a.body }} {{ a.auth }} {{ a.kind }} {{ a.x }}`;
    assert.equal(await rendered(text, allowed), 'POST /p?a=1&b=2&b=c+d {"n":1} Bearer t application/json h');
    const plain = await aPeer((_, response) => response.end('{"not": "said to be JSON"}'));
    assert.equal(await rendered(`{{ http('${plain.url}') }}`, allowed), '{"not": "said to be JSON"}');
  });

  test('and failing for what is refused, too large, or asked in a way that is not known', async () => {
    const { url } = await aPeer((request, response) => {
      if (request.url === '/large') response.end(Buffer.alloc(1024 * 1024 + 1));
      else json(response, { why: 'not today' }, 409);
    });
    assert.match(await rendered(`{{ http('${url}') }}`, allowed), /below 400, got 409 from http:\/\/127.*not today/);
    assert.equal(await rendered(`{{ http('${url}', options={'allowFailed': true}).why }}`, allowed), 'not today');
    assert.match(await rendered(`{{ http('${url}/large') }}`, allowed), /expected a body of at most 1048576 bytes/);
    assert.match(
      await rendered(`{{ http('${url}', options={'proxy': 1}) }}`, allowed),
      /options: expected allowFailed, .* got proxy/,
    );
    assert.match(await rendered("{{ http('ftp://example.org') }}", allowed), /expected http: or https:/);
  });

  test('no address that tasks may not reach, behind a redirect either', async () => {
    const { url, connections } = await aPeer((_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    assert.match(await rendered(`{{ http('${url}') }}`), /expected a public address, got 127\.0\.0\.1/);
    assert.equal(connections.opened, 0);
    assert.match(
      await rendered(`{{ http('${url}') }}`, allowed),
      /expected an address that tasks may reach, got 169\.254/,
    );
  });
});

describe('asking for secrets', () => {
  const secrets = new Map([
    ['TOKEN', 'open sesame'],
    ['DB', '{"user": "the-user", "nested": ["deep-one"]}'],
  ]);
  const wanted: RunWanted = {
    ground: { secret: (key) => secrets.get(key) },
    given: { mask: () => maskOf(secrets.values()) },
  };

  test('by their names in any case, whole or a part', async () => {
    assert.equal(
      await rendered("{{ secret('token') }} {{ secret('DB', subkey='user') }}", wanted),
      'open sesame the-user',
    );
    assert.match(await rendered("{{ secret('nope') }}", wanted), /Cannot find secret for key 'nope'/);
  });

  test('and hiding the parts of those that were asked for in what is said', async () => {
    const { run, lines } = aRun(
      says,
      { text: "{{ json(secret('DB')).user }} {{ json(secret('DB')).nested[0] }} {{ secret('TOKEN') }}" },
      wanted,
    );
    assert.equal((await run()).outputs!.text, 'the-user deep-one open sesame');
    assert.deepEqual(lines, ['INFO ****** ****** ******']);
    const unasked = aRun(says, { text: 'the-user' }, wanted);
    await unasked.run();
    assert.deepEqual(unasked.lines, ['INFO the-user']);
  });

  test('where there are none', async () => {
    assert.match(await rendered("{{ secret('TOKEN') }}"), /secrets do not leave/);
  });

  test('and showing none that has not been named', async () => {
    const roots = { inputs: { pin: 'in clear' }, vars: { a: 1 } };
    const given = { shown: () => ({ inputs: { pin: 'sealed' } }) };
    const text = '{{ printContext() }} {{ printContext().vars.a }} {{ inputs.pin }}';
    assert.equal(await rendered(text, { roots, given }), '{"inputs":{"pin":"sealed"},"vars":{"a":1}} 1 in clear');
  });
});

test('asking for what its stores are not there for yet', async () => {
  for (const call of ["kv('a')", "credential('a')", "subflow('a', 'b')"])
    assert.match(await rendered(`{{ ${call} }}`), /\w+\(\) is not supported yet/);
});

test('asking for the last error lines', async () => {
  const errorLogs = async () => [{ message: 'first' }, { message: 'second' }];
  assert.equal(await rendered('{{ errorLogs() | jq(".[].message") }}', { given: { errorLogs } }), '["first","second"]');
  const failing = async () => Promise.reject(new Error('no server'));
  assert.match(await rendered('{{ errorLogs() }}', { given: { errorLogs: failing } }), /no server/);
});

describe('a task that renders by itself', () => {
  const renders = (run: (context: TaskContext) => unknown) =>
    defineTask({
      type: 'test.Renders',
      title: 'Renders',
      properties: z.strictObject({}),
      run: async (context) => ({ text: await run(context) }),
    });
  const textOf = async (run: (context: TaskContext) => unknown): Promise<unknown> => {
    const { outputs, reason } = await aRun(renders(run), {}, { roots: { inputs: { who: 'x' } } }).run();
    return outputs?.text ?? reason;
  };

  test('at once, where nothing has to be waited for', async () => {
    assert.equal(
      await textOf(({ render }) => render('{{ inputs.who }}{{ more }}{{ randomInt(1, 2) }}', { more: 'y' })),
      'xy1',
    );
    assert.deepEqual(await textOf(({ renderAll }) => renderAll(['{{ inputs.who }}', 1])), ['x', 1]);
    assert.match(
      String(await textOf(({ render }) => render("{{ read('a') }}"))),
      /expected an expression that waits for nothing.* got read\(\)/,
    );
  });

  test('and waits for the rest', async () => {
    const uri = await aStored('b.txt', 'content');
    assert.equal(await textOf(({ renderAsync }) => renderAsync('{{ read(uri) }}', { uri })), 'content');
    assert.deepEqual(await textOf(({ renderAllAsync }) => renderAllAsync({ a: [`{{ read('${uri}') }}`] })), {
      a: ['content'],
    });
    assert.match(String(await textOf(({ renderAsync }) => renderAsync('{{ nope }}'))), /nope/);
  });
});

test('counting what is waited for to the time limit of a task', async () => {
  const { url } = await aPeer(() => {}); // It never answers.
  const wanted: RunWanted = { task: { timeout: 'PT0.2S' }, ground: { http: { allowPrivate: true } } };
  assert.equal(await rendered(`{{ http('${url}') }}`, wanted), 'Timeout after PT0.2S');
});
