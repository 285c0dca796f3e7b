/** The configuration: what is refused, and how it is told. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { loadConfig } from '../lib/config.ts';
import { Fault } from '../lib/errors.ts';
import { listenOn } from '../lib/health-port.ts';

function refusalOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    assert.ok(error instanceof Fault && error.code === 'config.invalid', String(error));
    return error.detail;
  }
  return assert.fail('expected a refusal');
}
const ofVariable = (name: string, value: string) => refusalOf(() => loadConfig({ env: { [name]: value } }));
const ofFile = (content: unknown) =>
  refusalOf(() => loadConfig({ env: {}, file: { name: 'windhover.yaml', content } }));

describe('refusing a setting, with what was expected and got', () => {
  for (const [name, value, told] of [
    ['WINDHOVER_PORT', 'abc', 'port (WINDHOVER_PORT): expected a number, got "abc"'],
    ['WINDHOVER_PORT', '70000', 'port (WINDHOVER_PORT): expected 65535 or less, got "70000"'],
    ['WINDHOVER_PORT', '0', 'port (WINDHOVER_PORT): expected 1 or more, got "0"'],
    ['WINDHOVER_THREADS', '1.5', 'threads (WINDHOVER_THREADS): expected a whole number, got "1.5"'],
    ['WINDHOVER_AUTH', 'maybe', 'auth (WINDHOVER_AUTH): expected true or false, got "maybe"'],
    [
      'WINDHOVER_RETENTION',
      'P1M',
      'retention (WINDHOVER_RETENTION): expected days, such as 30 or P30D, or 0, got "P1M"',
    ],
    ['WINDHOVER_RETENTION', '-1', 'retention (WINDHOVER_RETENTION): expected days, such as 30 or P30D, or 0, got "-1"'],
    [
      'WINDHOVER_LOG_LEVEL',
      'loud',
      'logLevel (WINDHOVER_LOG_LEVEL): expected debug, info, warn, error or silent, got "loud"',
    ],
    ['WINDHOVER_VARIABLES', '[]', 'variables (WINDHOVER_VARIABLES): expected a map, got "[]"'],
    ['WINDHOVER_URL', 'nope', 'url (WINDHOVER_URL): expected http://… or https://…, got "nope"'],
  ] as const)
    test(`${name}=${value}`, () => assert.equal(ofVariable(name, value), told));

  test('of the file, by its name, inside lists too', () => {
    assert.equal(ofFile({ port: 'abc' }), 'windhover.yaml: port (WINDHOVER_PORT): expected a number, got "abc"');
    assert.match(
      ofFile({ pluginDefaults: [{ type: 'a.B', forced: 'maybe' }] }),
      /pluginDefaults \(WINDHOVER_PLUGIN_DEFAULTS\): 0\.forced: expected true or false, got "maybe"/,
    );
    for (const wrong of [{ threads: true }, { port: [8080] }, { retention: false }])
      assert.match(ofFile(wrong), /expected/);
  });

  test('and never a secret', () => {
    const told = [ofVariable('WINDHOVER_PASSWORD', 'hush'), ofVariable('DATABASE_URL', 'oracle://me:hush@db/x')];
    assert.deepEqual(told, [
      'password (WINDHOVER_PASSWORD): expected 8 characters or more, got 4 characters (hidden)',
      'databaseUrl (DATABASE_URL): expected postgres://… or mysql://…, got oracle://…',
    ]);
  });
});

test('taking a file of nothing but comments, and keys without values, as nothing set', () => {
  const load = (content: unknown) => loadConfig({ env: {}, file: { name: 'windhover.yaml', content } });
  const { config } = loadConfig({ env: {} });
  for (const content of ['', null, undefined, { port: null, retention: '', password: '' }])
    assert.deepEqual([load(content).config, [...load(content).given]], [config, []]);
  assert.deepEqual([load({ retention: 'P7D' }).config.retention, load({ port: '81' }).config.port], [7, 81]);
});

test('refusing to listen on an address of another machine, as a setting that is wrong', async () => {
  // 192.0.2.0/24 is for documentation: no machine has it.
  await assert.rejects(listenOn(createServer(), '192.0.2.1', 8080, false), {
    code: 'config.invalid',
    message: /expected an address of this machine and a port that may be listened on, got 192\.0\.2\.1:8080/,
  });
});
