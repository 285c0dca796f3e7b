/** The executor's timers: what is due comes in the order of its time, whatever was set, set again and dropped before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timers } from '../actors/executor/timers.ts';
import { Dice } from './simulation/random.ts';

test('timers are due as a sorted list would have them', () => {
  const dice = new Dice(7);
  const timers = new Timers([]);
  const known = new Map<string, number>();
  for (let n = 0; n < 5_000; n++) {
    const name = `t${Math.floor(dice.next() * 200)}`;
    if (dice.next() < 0.6) {
      const dueMs = Math.floor(dice.next() * 1_000);
      timers.set(name, dueMs);
      known.set(name, dueMs);
    } else {
      timers.drop(name);
      known.delete(name);
    }
    assert.equal(timers.nextMs, Math.min(...known.values()), `after ${n} changes`);
    if (n % 100 > 0) continue;
    const nowMs = dice.next() * 1_000;
    const expected = [...known.values()].filter((dueMs) => dueMs <= nowMs).sort((a, b) => a - b);
    const due = timers.due(nowMs, 20);
    assert.deepEqual(
      due.map(([, dueMs]) => dueMs),
      expected.slice(0, 20),
    );
    for (const [dueName, dueMs] of due) assert.equal(known.get(dueName), dueMs);
  }
});
