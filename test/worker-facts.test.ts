/** What expressions ask, answered by a worker: for tasks in its threads, and for steps of executors. On a scripted bus. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildWorker } from '../actors/worker/worker.ts';
import type { Bus } from '../lib/bus/bus.ts';
import { openMemoryBus } from '../lib/bus/memory/open.ts';
import type { Item } from '../lib/bus/queues.ts';
import { silentLog } from '../lib/log.ts';
import { answerPlace, isEnvelope } from '../lib/model/envelope.ts';
import { parseAttemptRef } from '../lib/model/execution.ts';
import type { Asking } from '../lib/model/letter.ts';
import type { Answer, Question } from '../lib/model/question.ts';
import { cipherOf } from '../lib/secret/cipher.ts';
import type { Service } from '../lib/service.ts';
import { openLocalStorage } from '../lib/storage/local.ts';
import { eventually } from './support/eventually.ts';
import { aPeer, json } from './support/peer.ts';
import { ScriptedWork } from './support/scripted-work.ts';

const KEY = Buffer.alloc(32, 7);
const SECRETS = { TOKEN: 'open sesame', PARTS: '{"user": "the-user"}' };
const folder = mkdtempSync(join(tmpdir(), 'windhover-facts-'));
const storage = openLocalStorage({ folder: join(folder, 'storage') });
const { vault } = openMemoryBus({ partitions: 1, clock: { now: () => Date.now() } });

/** Asked for, whether the bus was there or not. */
let appends = 0;
const busOf = ({ bus }: ScriptedWork): Bus => {
  const append: Bus['mailbox']['append'] = async (...given) => {
    appends++;
    return bus.mailbox.append(...given);
  };
  return { ...bus, vault, mailbox: { ...bus.mailbox, append } };
};

const aWorker = (work: ScriptedWork): Service =>
  buildWorker({
    bus: busOf(work),
    storage: { folder: join(folder, 'storage') },
    packages: [new URL('support/work-plugin.ts', import.meta.url).href],
    encryptionKey: KEY.toString('base64'),
    secrets: SECRETS,
    installation: { envs: { region: 'north' }, globals: { n: { m: 2 } }, timeZone: 'Asia/Tokyo' },
    threads: 1,
    warm: false,
    group: 'default',
    folder: join(folder, 'work'),
    httpAllowPrivate: true,
    log: silentLog,
  });

const work = new ScriptedWork();
const worker = aWorker(work);
before(() => worker.start());
after(async () => {
  await worker.stop(3_000);
  rmSync(folder, { recursive: true, force: true });
});

/** One task that says `text`, in an execution that `given` may know the id of. */
async function says(text: string, given: (item: Item) => Promise<unknown> = async () => {}, more: Partial<Item> = {}) {
  const tasks = [{ id: 'say', type: 'test.Say', text }];
  const source = `id: flow\nnamespace: company.team\ntasks: ${JSON.stringify(tasks)}\n`;
  return run(source, 'say', given, more);
}

async function run(source: string, taskId: string, given: (item: Item) => Promise<unknown>, more: Partial<Item> = {}) {
  const item = work.items(source, [taskId], more)[0]!;
  await given(item);
  work.put([item]);
  const end = await eventually(() => work.ended(item));
  await eventually(() => work.texts(item).length === end.lines);
  return { end, lines: work.texts(item), text: (end.outputs?.text ?? end.reason) as string };
}

const uriIn = (item: Item, name: string): string =>
  `kestra:///company/team/flow/executions/${parseAttemptRef(item.ref).executionId}/${name}`;

describe('rendering tasks in a thread', () => {
  test('with clock, dice, environment and globals', async () => {
    const { text } = await says(
      "{{ envs.region }} {{ env('region') }} {{ globals.n.m }} {{ uuid() | length }} {{ now() }}",
    );
    assert.match(text, /^north north 2 36 20\d\d-.*\+09:00$/);
  });

  test('with the real jq', async () => {
    const { text } = await says('{{ [1, 2] | jq("[.[] | tostring] | @csv") | first }}');
    assert.equal(text, '"1","2"');
    assert.match((await says('{{ [1] | jq("def f: f; f") }}')).text, /expected a jq program that ends within 2000 ms/);
    assert.equal((await says('{{ 1 | jq("@text") | first }}')).text, '1');
  });

  test('with files of the execution, though they are not there at once', async () => {
    let uri = '';
    const source = (name: string) =>
      `{{ read('kestra:///company/team/flow/executions/' ~ execution.id ~ '/${name}') }}`;
    const given = async (item: Item) => storage.put('main', (uri = uriIn(item, 'a.txt')), Buffer.from('content'));
    assert.equal((await says(source('a.txt'), given)).text, 'content');
    assert.match((await says(`{{ read('${uri}') }}`)).text, /expected a file of this execution/);
    assert.match((await says(source('b.txt'))).text, /expected a file in the internal storage, got none/);
  });

  test('with the last error lines, asked of a webserver', async () => {
    const asked: string[] = [];
    const { url } = await aPeer((request, response) => {
      asked.push(request.url!);
      json(response, asked.length < 2 ? [] : [{ message: 'it broke' }]);
    });
    const member = {
      id: url,
      role: 'webserver',
      host: hostname(),
      pid: 1,
      version: '0',
      startedAtMs: 1,
      format: 1,
      url,
    } as const;
    work.others = [member];
    const { text } = await says('{{ errorLogs()[0].message }}');
    work.others = [];
    assert.equal(text, 'it broke');
    assert.match(asked[0]!, /^\/api\/v1\/main\/logs\/\w{22}\?minLevel=ERROR$/);
  });

  test('and ending what waits when it is killed', async () => {
    const { url, connections } = await aPeer(() => {}); // It never answers.
    const tasks = [{ id: 'say', type: 'test.Say', text: `{{ http('${url}') }}` }];
    const item = work.items(`id: flow\nnamespace: company.team\ntasks: ${JSON.stringify(tasks)}\n`, ['say'])[0]!;
    work.put([item]);
    await eventually(() => connections.opened === 1);
    work.kill(item);
    assert.equal((await eventually(() => work.ended(item))).state, 'KILLED');
    assert.equal((await says('{{ 1 }}')).text, '1');
  });
});

describe('secrets of the environment', () => {
  test('given to expressions, and hidden in what tasks say', async () => {
    const { end, lines } = await says(
      "{{ secret('token') }} {{ secret('TOKEN') | base64encode }} {{ secret('PARTS', subkey='user') }}",
    );
    assert.equal(end.outputs!.text, 'open sesame b3BlbiBzZXNhbWU= the-user');
    assert.deepEqual(lines, ['INFO ****** ******= ******']);
    // As an output of the task before it would come.
    assert.deepEqual((await says('{{ "open" }} sesame')).lines, ['INFO ******']);
    const failed = await says("{{ secret('TOKEN') | date('x') }}");
    assert.equal(failed.end.state, 'FAILED');
    assert.equal(JSON.stringify([failed.end, failed.lines]).includes('sesame'), false);
  });

  test('in a process alone as well', async () => {
    const { end, lines } = await says("{{ secret('TOKEN') }} {{ uuid() | length }}", undefined, { alone: true });
    assert.equal(end.outputs!.text, 'open sesame 36');
    assert.deepEqual(lines, ['INFO ****** 36']);
  });

  test('shown by nothing else', async () => {
    const shown = (await says('{{ printContext() }}')).text;
    assert.match(shown, /"envs":\{"region":"north"\}/);
    const source = 'id: flow\nnamespace: company.team\ntasks:\n  - { id: peek, type: test.Peek }\n';
    for (const alone of [false, true]) {
      const { lines, end } = await run(source, 'peek', async () => {}, { alone });
      assert.equal(end.outputs!.threads, alone ? 'a process' : 'a thread');
      // A line would hide it: so it must not say that anything was hidden.
      for (const text of [shown, ...lines])
        for (const trace of ['******', ...Object.values(SECRETS), '"secrets"', 'encryptionKey"'])
          assert.equal(text.includes(trace), false, trace);
    }
  });
});

describe('answering what a step asks', () => {
  let names = 0;
  const asking = (questions: readonly Question[], on = work): Asking => {
    const executionId = `execution${++names}`;
    const flow = { tenant: 'main', namespace: 'company.team', id: 'flow', revision: 1, hash: 'h' };
    const kin = [{ namespace: 'company.team', flowId: 'flow', executionId }];
    const given = { executionId, name: `${executionId}/ask/x`, flow, kin, questions };
    on.ask(given);
    return given;
  };
  const answers = async (given: Asking): Promise<readonly Answer[]> => {
    const message = await eventually(() => work.answered(given));
    assert.equal(message.executionId, given.executionId);
    assert.deepEqual(
      message.answers.map(({ question }) => question),
      given.questions.slice(0, message.answers.length),
    );
    return message.answers.map(({ answer }) => answer);
  };
  const read = (path: string): Question => ({ kind: 'read', args: { path, namespace: null } });
  const jq = (program: string, value: unknown = null): Question => ({ kind: 'jq', args: { program, value } });
  const file = async (
    name: string,
    content: string | Buffer,
    executionId = `execution${names + 1}`,
  ): Promise<string> => {
    const uri = `kestra:///company/team/flow/executions/${executionId}/${name}`;
    await storage.put('main', uri, Buffer.from(content));
    return uri;
  };

  test('without a claim, while the only seat is taken', async () => {
    const nap = work.items('id: flow\nnamespace: company.team\ntasks:\n  - { id: nap, type: test.Nap, ms: 600000 }\n', [
      'nap',
    ])[0]!;
    work.put([nap]);
    await eventually(() => work.texts(nap).length > 0);
    const { claim } = work.calls;
    const uri = await file('a.txt', 'yes');
    assert.deepEqual(await answers(asking([read(uri), jq('@json', [1])])), [{ value: 'yes' }, { value: ['[1]'] }]);
    assert.equal(work.calls.claim, claim);
    work.kill(nap);
    await eventually(() => work.ended(nap));
  });

  test('of files that it may see, and with a sentence for the others', async () => {
    const other = await file('a.txt', 'secret', 'elsewhere');
    const said = await answers(
      asking([read(other), read(`${other.replace('elsewhere', `execution${names + 1}`)}.none`)]),
    );
    assert.match(JSON.stringify(said[0]), /refused.*expected a file of this execution/);
    assert.match(JSON.stringify(said[1]), /missing.*got none at/);
  });

  test('with secrets sealed for the execution that asks', async () => {
    const secret = (key: string): Question => ({ kind: 'secret', args: { key, namespace: null } });
    const given = asking([secret('token'), secret('nowhere')]);
    const [said, missing] = await answers(given);
    assert.ok(said && 'value' in said && isEnvelope(said.value), JSON.stringify(said));
    assert.equal(cipherOf(KEY).open(answerPlace(given.executionId, 'token'), said.value), SECRETS.TOKEN);
    assert.deepEqual(missing, { missing: "Cannot find secret for key 'nowhere'" });
  });

  test('with as much as a message carries, and a refusal of what never fits', async () => {
    const some = await Promise.all([1, 2, 3].map((n) => file(`${n}.txt`, Buffer.alloc(90 * 1024, 'x'))));
    const large = await file('large.txt', Buffer.alloc(250 * 1024, 'x'));
    const said = await answers(asking([read(large), ...some.map(read)]));
    assert.equal(said.length, 3);
    assert.match(JSON.stringify(said[0]), /expected an answer of at most 204800 bytes/);
  });

  test('one after the other where there are hundreds', async () => {
    const said = await answers(asking(Array.from({ length: 300 }, (_, n) => jq('.+1|@text', n))));
    assert.deepEqual(said.at(-1), { value: ['300'] });
    assert.equal(said.length, 300);
  });

  test('once more where the bus was away', async () => {
    const before = appends;
    work.away = true;
    const given = asking([jq('@text', 'x')]);
    await eventually(() => appends > before);
    work.away = false;
    assert.deepEqual(await answers(given), [{ value: ['x'] }]);
  });

  test('by another worker, when this one stops', async () => {
    const { url, connections } = await aPeer(() => {}); // It never answers.
    const own = new ScriptedWork();
    const stopping = aWorker(own);
    await stopping.start();
    const given = asking([{ kind: 'http', args: { uri: url, method: 'GET', accept: '*/*' } }], own);
    await eventually(() => connections.opened === 1);
    await stopping.quiet();
    await stopping.stop(2_000);
    assert.equal(own.answered(given), undefined);
    assert.deepEqual(
      own.added.map(({ items, first, asking: again }) => [items, first, again]),
      [[[], true, given]],
    );
  });
});
