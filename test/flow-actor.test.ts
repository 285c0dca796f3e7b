/** Saving and deleting flows, one message after the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FlowDocument, stepFlow } from '../lib/flow/actor.ts';
import type { FlowMessage } from '../lib/model/message.ts';

const FLOW = 'main/b.c/a';
let requests = 0;
const save = (
  source: string,
  mode: 'create' | 'update' | 'upsert' = 'upsert',
  request = `r${++requests}`,
): FlowMessage => ({
  v: 1,
  kind: 'saveFlow',
  atMs: 1,
  flowId: FLOW,
  request,
  source,
  hash: `hash of ${source}`,
  mode,
  principal: 'ada',
});
const remove = (request = `r${++requests}`): FlowMessage => ({
  v: 1,
  kind: 'deleteFlow',
  atMs: 1,
  flowId: FLOW,
  request,
  principal: 'ada',
});

/** The outcomes of messages taken in their order, and the document at the end. */
function take(...messages: FlowMessage[]): { readonly outcomes: string[]; readonly document?: FlowDocument } {
  let document: FlowDocument | undefined;
  const outcomes = messages.map((message, n) => {
    const step = stepFlow(document, message, n + 1);
    document = step.document ?? document;
    return `${step.event.outcome} ${step.event.revision ?? '-'}${step.revision ? ` +${step.revision.revision}` : ''}`;
  });
  return { outcomes, document };
}

test('counting revisions of what changes, and only of that', () => {
  const { outcomes, document } = take(save('1', 'create'), save('2', 'update'), save('2'), save('3'));
  assert.deepEqual(outcomes, ['saved 1 +1', 'saved 2 +2', 'unchanged 2', 'saved 3 +3']);
  assert.deepEqual([document!.source, document!.hash, document!.createdAtMs, document!.atMs], ['3', 'hash of 3', 1, 4]);
});

test('refusing to create what exists and to change or delete what does not', () => {
  assert.deepEqual(take(save('1', 'update'), remove(), save('1', 'create'), save('2', 'create')).outcomes, [
    'unknown -',
    'unknown -',
    'saved 1 +1',
    'exists 1',
  ]);
});

test('counting on after a flow was deleted and made again', () => {
  const { outcomes, document } = take(save('1'), remove(), remove(), save('1', 'update'), save('1', 'create'));
  assert.deepEqual(outcomes, ['saved 1 +1', 'deleted 1', 'unknown -', 'unknown -', 'saved 2 +2']);
  assert.deepEqual([document!.deleted, document!.createdAtMs], [false, 5]);
});

test('answering a request that comes again as before, and changing nothing', () => {
  const first = save('1', 'create');
  const { outcomes } = take(first, save('2'), first, remove('gone'), remove('gone'));
  assert.deepEqual(outcomes, ['saved 1 +1', 'saved 2 +2', 'saved 1', 'deleted 2', 'deleted 2']);
});

test('not giving the source with a repeated answer once the flow is deleted', () => {
  const first = save('1', 'create');
  const { document } = take(first, remove());
  const { event } = stepFlow(document, first, 9);
  assert.deepEqual([event.outcome, event.revision, event.source], ['saved', 1, undefined]);
});

test('remembering a bounded number of requests', () => {
  const { document } = take(...Array.from({ length: 100 }, (_, n) => save(`source ${n}`)));
  assert.equal(document!.requests.length, 20);
});

test('naming the flow in the answer', () => {
  const { event } = stepFlow(undefined, save('1', 'create', 'asked'), 7);
  assert.deepEqual(event, {
    request: 'asked',
    outcome: 'saved',
    tenant: 'main',
    namespace: 'b.c',
    id: 'a',
    atMs: 7,
    revision: 1,
    source: '1',
  });
});
