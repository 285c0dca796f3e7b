/** Words for the tests of expressions: what a template gives, and how it fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpressionError, renderText } from '../../lib/expression/render.ts';
import { seededRandom, type World } from '../../lib/expression/world.ts';

type Context = Readonly<Record<string, unknown>>;

/** Noon of 2 January 2024, with dice that always fall alike. */
export const aWorld = (more: World = {}): World => ({
  nowMs: Date.UTC(2024, 0, 2, 12, 0, 0, 5),
  random: seededRandom('a test'),
  ...more,
});

export function failureOf(template: string, context: Context = {}, world = aWorld()): ExpressionError {
  let got: string;
  try {
    got = renderText(template, context, world);
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return error;
  }
  return assert.fail(`expected an error of ${template}, got ${got}`);
}

/** One test for each template: a text that it must give, or what its error must say. */
export function rendering(
  cases: readonly (readonly [template: string, wanted: string | RegExp])[],
  context: Context = {},
): void {
  for (const [template, wanted] of cases)
    test(JSON.stringify(template), () => {
      if (typeof wanted === 'string') assert.equal(renderText(template, context, aWorld()), wanted);
      else assert.match(failureOf(template, context).message, wanted);
    });
}
