/** Secrets of an execution in a worker: in clear for expressions, hidden in all that tasks say. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildWorker } from '../actors/worker/worker.ts';
import type { Item } from '../lib/bus/queues.ts';
import { silentLog } from '../lib/log.ts';
import { inputPlace } from '../lib/model/envelope.ts';
import { parseAttemptRef } from '../lib/model/execution.ts';
import { cipherOf } from '../lib/secret/cipher.ts';
import { HIDDEN } from '../lib/secret/mask.ts';
import { eventually } from './support/eventually.ts';
import { ScriptedWork } from './support/scripted-work.ts';

const SECRET = 'hunter2 +"x"';
const SOURCE = `id: flow
namespace: company.team
inputs:
  - { id: token, type: SECRET }
  - { id: db.password, type: SECRET, required: false }
  - { id: other, type: JSON, required: false }
tasks:
  - { id: plain, type: test.Say, text: "it is {{ inputs.token }} and {{ inputs.db.password }}." }
  - { id: encoded, type: test.Say, text: "{{ inputs.token | urlencode }} {{ inputs.token | base64encode }}" }
  - { id: unasked, type: test.Say, text: ${JSON.stringify(`said elsewhere: ${SECRET}`)} }
  - { id: long, type: test.Say, text: "${'x'.repeat(32_760)}{{ inputs.token }}" }
  - { id: failing, type: test.Fail, how: "{{ inputs.token }}" }
  - { id: nested, type: test.Say, text: "{{ inputs.other.value }}" }
`;

const folder = mkdtempSync(join(tmpdir(), 'windhover-worker-'));
const key = randomBytes(32);
const cipher = cipherOf(key);
const work = new ScriptedWork();
const worker = buildWorker({
  bus: work.bus,
  storage: { folder: join(folder, 'storage') },
  packages: [new URL('support/work-plugin.ts', import.meta.url).href],
  encryptionKey: key.toString('base64'),
  threads: 1,
  warm: false,
  group: 'default',
  folder: join(folder, 'work'),
  httpAllowPrivate: false,
  log: silentLog,
});
before(() => worker.start());
after(async () => {
  await worker.stop(3_000);
  rmSync(folder, { recursive: true, force: true });
});

async function run(taskId: string, inputsOf: (executionId: string) => object) {
  const item: Item = work.items(SOURCE, [taskId])[0]!;
  const { executionId } = parseAttemptRef(item.ref);
  const document = work.documents.get(executionId)!;
  const start = { ...JSON.parse(document.get('start')!), inputs: inputsOf(executionId) };
  document.set('start', JSON.stringify(start));
  work.put([item]);
  const end = await eventually(() => work.ended(item));
  await eventually(() => work.texts(item).length === end.lines);
  return { end, texts: work.texts(item) };
}

const sealed = (executionId: string) => ({
  token: cipher.seal(inputPlace(executionId, 'token'), SECRET),
  db: { password: cipher.seal(inputPlace(executionId, 'db.password'), 'open sesame') },
});

test('giving expressions the clear text, and hiding it in lines', async () => {
  const { end, texts } = await run('plain', sealed);
  assert.equal(end.state, 'SUCCESS');
  assert.deepEqual(end.outputs, { text: `it is ${SECRET} and open sesame.` });
  assert.deepEqual(texts, [`INFO it is ${HIDDEN} and ${HIDDEN}.`]);
});

test('hiding it encoded, unasked for, and where a line is cut', async () => {
  assert.deepEqual((await run('encoded', sealed)).texts, [`INFO ${HIDDEN} ${HIDDEN}`]);
  assert.deepEqual((await run('unasked', sealed)).texts, [`INFO said elsewhere: ${HIDDEN}`]);
  const { texts } = await run('long', sealed);
  assert.equal(texts[0]!.slice(-10), `xxxx${HIDDEN}`);
  assert.equal(texts[0]!.includes('hunter2'), false);
});

test('hiding it in the reason of a failure', async () => {
  const { end, texts } = await run('failing', sealed);
  assert.equal(end.state, 'FAILED');
  for (const text of [end.reason!, ...texts]) assert.equal(text.includes('hunter2'), false, text);
});

test('failing a task whose secret was sealed for another place', async () => {
  const { end } = await run('plain', () => sealed('another'));
  assert.equal(end.state, 'FAILED');
  assert.match(end.reason!, /a secret cannot be decrypted/);
});

test('opening nothing that only looks like a secret', async () => {
  const other = cipher.seal('another/place', SECRET);
  const { end } = await run('nested', () => ({ token: 'given in clear', other }));
  assert.equal(end.state, 'SUCCESS');
  assert.deepEqual(end.outputs, { text: other.value });
});
