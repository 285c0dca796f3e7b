/** Reading durations as Kestra does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { durationMs } from '../lib/flow/duration.ts';

interface Golden {
  readonly in: string;
  readonly ms: number | null;
}

test('reading ISO-8601 durations as java.time does', () => {
  const cases: Golden[] = JSON.parse(readFileSync(new URL('golden/durations.json', import.meta.url), 'utf8'));
  assert.ok(cases.length > 10);
  for (const golden of cases) assert.equal(durationMs(golden.in) ?? null, golden.ms, golden.in);
});

test('refusing durations that no clock can hold', () => {
  assert.equal(durationMs(`PT${'9'.repeat(30)}S`), undefined);
  assert.equal(durationMs(`PT${'9'.repeat(100)}S`), undefined);
  assert.equal(durationMs(''), undefined);
});

test('keeping a positive duration positive, and its digits exact', () => {
  assert.equal(durationMs('PT0.0001S'), 1);
  assert.equal(durationMs('PT0.07S'), 70);
  assert.equal(durationMs('PT0.25s'), 250);
});
