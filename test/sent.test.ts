/** What a runner was sent: once each, and forgotten in the order of use, save what may still be needed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATCHES_MAX } from '../actors/worker/channel.ts';
import { Sent } from '../actors/worker/sent.ts';
import { PARCEL_ITEMS_MAX } from '../lib/bus/queues.ts';

const NEEDED = (BATCHES_MAX + 1) * PARCEL_ITEMS_MAX;

const used = (sent: Sent, from: number, to: number, text = 'x'): boolean[] =>
  Array.from({ length: to - from }, (_, n) => sent.use(`n${from + n}`, text));

test('sending a name once, until it is dropped', () => {
  const sent = new Sent(NEEDED + 2, 1_000_000);
  assert.ok(used(sent, 0, NEEDED + 2).every((had) => !had));
  assert.deepEqual(sent.dropped(), []);
  assert.deepEqual(used(sent, 0, 1), [true]);
  used(sent, NEEDED + 2, NEEDED + 3);
  assert.deepEqual(sent.dropped(), ['n1']);
  assert.deepEqual(used(sent, 1, 2), [false]);
});

test('dropping what takes much room, but never what a batch on its way or in the runner may need', () => {
  const sent = new Sent(10 * NEEDED, 100);
  used(sent, 0, NEEDED, 'x'.repeat(50));
  assert.deepEqual(sent.dropped(), []);
  used(sent, NEEDED, NEEDED + 2, 'x');
  assert.deepEqual(sent.dropped(), ['n0', 'n1']);
});
