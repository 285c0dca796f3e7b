/** Expressions: what the real Pebble answered, what they may cost, where they say they are wrong, and what they can reach. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { checkTemplate, compile, ExpressionError, isFalse, reachesOf, renderAll, renderText } from '../lib/expression/render.ts';

type Golden = { ctx: Record<string, unknown>; cases: { g: string; t: string; out?: string; ok: boolean; err?: string }[] };

const golden: Golden = JSON.parse(readFileSync(new URL('./golden/pebble.json', import.meta.url), 'utf8'));
/** `named` is a function that only the recording had. */
const NOT_HERE = ['named'];
const GOLDEN_LEAST = 125;

const failure = (template: string, context: Record<string, unknown> = {}): ExpressionError => {
  try {
    renderText(template, context);
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return error;
  }
  return assert.fail(`expected an error of ${template}`);
};

test('answering what the real Pebble answers', () => {
  const cases = golden.cases.filter(({ t }) => !NOT_HERE.some((name) => t.includes(`${name}(`)));
  const mismatches = cases.flatMap(({ t, out, ok }) => {
    let got: string | undefined;
    try {
      got = renderText(t, golden.ctx);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return ok ? [`${t}: expected ${JSON.stringify(out)}, got ${error.message}`] : [];
    }
    return ok && got === out ? [] : [`${t}: expected ${ok ? JSON.stringify(out) : 'an error'}, got ${JSON.stringify(got)}`];
  });
  assert.deepEqual(mismatches, []);
  assert.ok(cases.length >= GOLDEN_LEAST, `${cases.length} cases`);
});
