/** Functions: what they make of their arguments and the context, what they ask the world, and that they ask nothing else. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NeedsFact, renderText } from '../lib/expression/render.ts';
import { type Answer, answersFrom, type Question, questionKey, seededRandom } from '../lib/expression/world.ts';
import { aWorld, failureOf, rendering } from './support/expressions.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

describe('choosing and counting', () => {
  rendering([
    ['{{ max(1, 5.5, 3) }} {{ min(2, 1.5) }} {{ max(2, 2.0) }} {{ max() }}|', '5.5 1.5 2 |'],
    ['{{ max("a", 1) }}', /expected a number to compare/],
    ['{{ range(0, 6, increment=3) }} {{ range("a", "c") }} {{ range(3, 1) }}', '[0,3,6] ["a","b","c"] []'],
    ['{{ range(1, "x") }}', /expected two numbers or two single letters/],
  ]);
});

describe('rendering texts of the data', () => {
  const context = {
    one: '{{ two }}',
    two: '{{ three }}',
    three: 'x',
    loop1: '{{ loop2 }}',
    loop2: '{{ loop1 }}',
    map: { '{{ three }}': ['{{ one }}', 1] },
  };
  rendering(
    [
      ['{{ render(one) }} {{ render(one, recursive=false) }} {{ renderOnce(two) }}', 'x {{ three }} x'],
      ['{{ render(map) }} {{ render(5) }} {{ render(true) }} {{ render(null) }}|', '{"x":["x",1]} 5 true |'],
      ['{{ render(map).x[1] + 1 }}', '2'],
      ['{{ render(loop1) }}', /Too many rendering attempts/],
      ['{{ one }}', '{{ two }}'],
    ],
    context,
  );
});

describe('reading the context', () => {
  const context = {
    flow: { id: 'f', namespace: 'io.kestra.tests' },
    envs: { home: '/root', empty: '' },
    task: { id: 'each' },
    taskrun: { value: 'b', iteration: 1 },
    parents: [{ taskrun: { value: 'y' } }, { taskrun: { value: 'x' } }],
    outputs: {
      each: { x: { y: { a: { value: 1 }, b: { value: 2 } } } },
      loop: { outputs: [{ outputs: { v: 1 } }, {}] },
    },
    tasks: { plain: { state: 'SUCCESS' }, looped: { a: { state: 'FAILED' }, b: { state: 'SUCCESS' } } },
  };
  rendering(
    [
      [
        '{{ fileURI("a/b.txt") }} {{ fileURI(path="/c") }}',
        'kestra:///io/kestra/tests/_files/a/b.txt kestra:///io/kestra/tests/_files/c',
      ],
      ['{{ env("home") }} {{ env("empty", "d") }} {{ env("nope") }}|', '/root d |'],
      [
        '{{ printContext().flow.id }} {{ fetchContext() | keys | first }} {% set v = 1 %}{{ fetchContext().v }}',
        'f flow 1',
      ],
      ['{{ currentEachOutput(outputs.each).value }} {{ currentEachOutput({"x": {"y": {}}}) }}|', '2 |'],
      ['{{ currentEachOutput({"z": 1}) ?? "none" }}', 'none'],
      ['{{ iterationOutput() }} {{ iterationOutput("each", 1) }} {{ iterationOutput(outputs.each, 0) }}', '1 2 1'],
      ['{{ iterationOutput("each", 2) }}', /expected an iteration between 0 and 1, got 2/],
      ['{{ loopOutputs(outputs.loop.outputs, "v") }}', '[1,null]'],
      [
        '{{ tasksWithState("failed") }} {{ tasksWithState("SUCCESS") | length }}',
        '[{"taskId":"looped","state":"FAILED","value":"a"}] 2',
      ],
    ],
    context,
  );
});

describe('drawing from the dice of the world', () => {
  const drawn = (template: string): string => renderText(template, {}, aWorld());
  test('ids of every kind', () => {
    assert.match(drawn('{{ uuid() }}'), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.match(drawn('{{ id() }}'), /^[A-Za-z][0-9A-Za-z]{21}$/);
    assert.match(drawn('{{ ksuid() }}'), /^[0-9A-Za-z]{27}$/);
    assert.match(drawn('{{ nanoId() }}'), /^[\w-]{21}$/);
    assert.match(drawn('{{ nanoId(1000, "abc") }}'), /^(?=.*a)(?=.*b)(?=.*c)[abc]{1000}$/);
    assert.match(failureOf('{{ nanoId(1001) }}').message, /a length of at most 1000/);
  });
  test('ksuids that sort by time', () => {
    const at = (nowMs: number): string =>
      renderText('{{ ksuid() }}', {}, aWorld({ nowMs, random: seededRandom(`${nowMs}`) }));
    assert.ok(at(1_500_000_000_000) < at(1_500_000_001_000));
    assert.ok(at(1_500_000_001_000) < at(1_700_000_000_000));
  });
  test('numbers within their ends', () => {
    const numbers = drawn('{% for i in 1..200 %}{{ randomInt(-2, 2) }} {% endfor %}').trim().split(' ').map(Number);
    assert.deepEqual(
      [...new Set(numbers)].toSorted((a, b) => a - b),
      [-2, -1, 0, 1],
    );
    assert.equal(drawn('{{ randomInt(10, 10) }}'), '10');
    const port = Number(drawn('{{ randomPort() }}'));
    assert.ok(port >= 49_152 && port <= 65_535);
    for (const wrong of ['randomInt(10, 1)', 'randomInt("1", "10")', 'randomInt(1)', 'randomInt(1.5, 2)'])
      assert.notEqual(failureOf(`{{ ${wrong} }}`), undefined);
  });
  test('the same from the same seed, and something else from another', () => {
    const three = (seed: string): string =>
      renderText('{{ uuid() }} {{ uuid() }} {{ id() }}', {}, { random: seededRandom(seed) });
    assert.equal(three('a'), three('a'));
    assert.notEqual(three('a'), three('b'));
    const [first, second] = three('a').split(' ');
    assert.notEqual(first, second);
    assert.equal(seededRandom('a')(100).length, 100);
  });
});

describe('encrypting', () => {
  test('and decrypting again', () => {
    const context = { key: KEY, text: 'grün' };
    const sealed = renderText('{{ encrypt(key, text) }}', context, aWorld());
    assert.equal(Buffer.from(sealed, 'base64').length, 12 + Buffer.byteLength('grün') + 16);
    assert.equal(renderText('{{ decrypt(key, sealed) }}', { ...context, sealed }), 'grün');
    assert.notEqual(sealed, renderText('{{ encrypt(key, text) }}', context, aWorld({ random: seededRandom('other') })));
    const other = Buffer.alloc(32, 8).toString('base64');
    assert.match(failureOf('{{ decrypt(key, sealed) }}', { key: other, sealed }).message, /encrypted with this key/);
    const changed = Buffer.from(sealed, 'base64');
    changed[13]! ^= 1;
    assert.match(
      failureOf('{{ decrypt(key, sealed) }}', { key: KEY, sealed: changed.toString('base64') }).message,
      /encrypted with this key/,
    );
  });
  rendering([
    ['{{ encrypt("c2hvcnQ=", "x") }}', /expected a key of 16, 24 or 32 bytes as base64, got one of 5/],
    ['{{ encrypt("x") }}', /expected the argument `plaintext`/],
    ['{{ decrypt("AAAAAAAAAAAAAAAAAAAAAA==", "x") }}', /encrypted with this key/],
  ]);
});

describe('asking the world', () => {
  const questionOf = (template: string, context = {}): Question => {
    try {
      renderText(template, context);
    } catch (error) {
      assert.ok(error instanceof NeedsFact, String(error));
      return error.question;
    }
    return assert.fail(`expected a question of ${template}`);
  };
  const cases: readonly (readonly [string, Question])[] = [
    ['{{ kv("k") }}', { kind: 'kv', args: { key: 'k', namespace: null } }],
    ['{{ kv("k", namespace="a.b") }}', { kind: 'kv', args: { key: 'k', namespace: 'a.b' } }],
    ['{{ secret("s") ?? "forgiven" }}', { kind: 'secret', args: { key: 's', namespace: null } }],
    ['{{ nope | default(read("a.txt")) }}', { kind: 'read', args: { path: 'a.txt', namespace: null } }],
    ['{{ fileSize("f", "ns") }}', { kind: 'fileSize', args: { path: 'f', namespace: 'ns' } }],
    ['{{ fileExists("f") }}', { kind: 'fileExists', args: { path: 'f', namespace: null } }],
    ['{{ isFileEmpty("f") }}', { kind: 'isFileEmpty', args: { path: 'f', namespace: null } }],
    ['{{ errorLogs() }}', { kind: 'errorLogs', args: {} }],
    ['{{ credential("c") }}', { kind: 'credential', args: { name: 'c' } }],
    [
      '{{ subflow("ns", "f", {"n": 1}) }}',
      { kind: 'subflow', args: { namespace: 'ns', flowId: 'f', inputs: { n: 1 } } },
    ],
    ['{{ now() }}', { kind: 'now', args: {} }],
    ['{% macro m() %}{{ uuid() }}{% endmacro %}{{ m() }}', { kind: 'random', args: {} }],
    ['{{ render("{{ kv(\'inner\') }}") }}', { kind: 'kv', args: { key: 'inner', namespace: null } }],
  ];
  for (const [template, question] of cases) test(template, () => assert.deepEqual(questionOf(template), question));
  test('over the network, with all that a request needs as plain JSON', () => {
    const question = questionOf(
      '{{ http("http://a/b", "post", query={"q": 1}, body={"n": 5.0, "m": null}, headers={"X": "y"}) }}',
    );
    assert.deepEqual(question.args, {
      uri: 'http://a/b',
      method: 'POST',
      contentType: 'application/json',
      accept: 'application/json',
      query: { q: 1 },
      body: { n: 5, m: null },
      headers: { X: 'y' },
      options: null,
    });
    assert.deepEqual(JSON.parse(questionKey(question)), ['http', question.args]);
  });
  test('once, where the answers found before are handed in', () => {
    const known = new Map<string, Answer>();
    const render = (): string =>
      renderText('{{ kv("a").x }}-{{ secret("s") }}', {}, aWorld({ answer: answersFrom(known) }));
    const asked: string[] = [];
    let got: string | undefined;
    while (got === undefined)
      try {
        got = render();
      } catch (error) {
        assert.ok(error instanceof NeedsFact);
        asked.push(error.question.kind);
        known.set(questionKey(error.question), { value: error.question.kind === 'kv' ? { x: 1 } : 'hidden' });
      }
    assert.deepEqual([asked, got], [['kv', 'secret'], '1-hidden']);
  });
});

describe('taking an answer', () => {
  const answering = (answer: Answer) => aWorld({ answer: () => answer });
  test('of what there is not', () => {
    const world = answering({ missing: "The key 'k' does not exist in the namespace 'n'" });
    assert.match(
      failureOf('{{ kv("k") }}', {}, world).message,
      /^The key 'k' does not exist in the namespace 'n' in the expression/,
    );
    assert.equal(failureOf('{{ kv("k") ?? "d" }}', {}, world).fault, 'type');
    assert.equal(renderText('{{ kv("k", errorOnMissing=false) ?? "d" }}', {}, world), 'd');
  });
  test('that is refused', () =>
    assert.match(
      failureOf('{{ read("../x") }}', {}, answering({ refused: 'not allowed' })).message,
      /^not allowed in the expression/,
    ));
  test('a part of a secret', () => {
    const world = answering({ value: '{"user": "u", "more": {"a": 1}}' });
    assert.equal(
      renderText('{{ secret("s", subkey="user") }} {{ secret("s", subkey="more") }}', {}, world),
      'u {"a":1}',
    );
    assert.equal(renderText('{{ secret("s", full=true).more.a }} {{ secret("s") | length }}', {}, world), '1 31');
    assert.match(
      failureOf('{{ secret("s", subkey="z") }}', {}, world).message,
      /Cannot find secret sub-key 'z' in secret 's'/,
    );
  });
});
