/** Cron against what Kestra's own library says (`golden/cron.json`), and what is refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { cronProblem, lastTick, nextTick } from '../lib/trigger/cron.ts';

interface Case {
  readonly cron: string;
  readonly tz: string;
  readonly from: string;
  readonly next: readonly string[] | null;
  readonly error?: string;
}

const cases = JSON.parse(readFileSync(new URL('golden/cron.json', import.meta.url), 'utf8')) as readonly Case[];
const fieldsOf = (cron: string): 5 | 6 => (cron.split(' ').length === 6 ? 6 : 5);

describe('cron as Kestra reads it', () => {
  for (const { cron, tz, from, next } of cases)
    it(`${cron} in ${tz} from ${from}`, () => {
      if (next === null) {
        assert.notEqual(cronProblem(cron, fieldsOf(cron)), undefined);
        assert.throws(() => nextTick(cron, tz, Date.parse(from)));
        return;
      }
      const found: string[] = [];
      let at: number | undefined = Date.parse(from);
      for (let n = 0; n < Math.max(1, next.length); n++) {
        at = nextTick(cron, tz, at);
        if (at === undefined) break;
        found.push(new Date(at).toISOString().slice(0, 19));
      }
      assert.deepEqual(found, next);
      if (next.length > 1) assert.equal(lastTick(cron, tz, Date.parse(`${next[1]}Z`) - 1), Date.parse(`${next[0]}Z`));
    });
});

describe('cron problems', () => {
  it('counting the fields', () => {
    assert.equal(cronProblem('* * * * *', 5), undefined);
    assert.equal(cronProblem('* * * * * *', 6), undefined);
    for (const nickname of ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'])
      assert.equal(cronProblem(nickname, 5), undefined);
    assert.match(cronProblem('* * * * * *', 5)!, /contains 6 parts but we expect one of \[5\]/);
    assert.match(cronProblem('* * * * *', 6)!, /contains 5 parts/);
    assert.equal(cronProblem('0 9 * JAN-MAR MON-FRI', 5), undefined);
    for (const odd of ['', 'x', '60 * * * *', '0 0 L * *', '0 0 * * 5#2', '@often', '* * * * MONDAY', '0 0 * * *+1'])
      assert.notEqual(cronProblem(odd, 5), undefined, odd);
  });

  it('finding the last tick far back', () => {
    assert.equal(lastTick('0 0 29 2 *', 'UTC', Date.parse('2027-06-01T00:00:00Z')), Date.parse('2024-02-29T00:00:00Z'));
    assert.equal(lastTick('0 0 30 2 *', 'UTC', Date.parse('2027-06-01T00:00:00Z')), undefined);
    assert.equal(lastTick('* * * * * *', 'UTC', 1_700_000_000_500), 1_700_000_000_000);
  });
});
