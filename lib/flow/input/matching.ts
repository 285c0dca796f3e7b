/**
 * Validators: regular expressions as Java writes them, which must fit the whole text. They are the flow's author's, and may be
 * such that trying them takes for ever (`^(a+)+$`): a trial pays for each step and ends in a moment, with a refusal.
 */

import { type Budget, STEPS_MAX } from '../../expression/budget.ts';
import { ExpressionError, ValueError } from '../../expression/error.ts';
import { find } from '../../expression/regex/match.ts';
import { parseRegex } from '../../expression/regex/parse.ts';
import type { Regex, RegexNode } from '../../expression/regex/syntax.ts';
import { words } from '../language.ts';
import type { MapReader } from '../reader.ts';
import { type Refusal, refusal } from './kind.ts';

const VALIDATED_CHARS_MAX = 10_000;
/** About 20 ms; a plain pattern needs an eighth of a step for each character. */
export const TRIAL_STEPS_MAX = 20_000;
const KEPT_MAX = 500;

const START: RegexNode = { kind: 'place', holds: (_, at) => at === 0 };
const END: RegexNode = { kind: 'place', holds: (text, at) => at === text.length };
const kept = new Map<string, Regex>();

/** The validator, if it is one. */
export const VALIDATOR = words('A regular expression that the text must fit');

export function readValidator(reader: MapReader): string | undefined {
  const validator = reader.text('validator');
  if (validator === undefined) return undefined;
  try {
    wholeOf(validator);
    return validator;
  } catch (error) {
    if (!isFault(error)) throw error;
    reader.problems.error(reader.at('validator'), `expected a regular expression: ${(error as Error).message}`, {
      expected: 'a regular expression',
      got: validator,
      kestra: `invalid pattern [${validator}]`,
    });
    return undefined;
  }
}

/** Undefined where the text fits. `shown` is what a sentence may say of the text. */
export function unfitting(validator: string, text: string, shown: string = text): Refusal | undefined {
  const kestra = `it must match the pattern \`${validator}\``;
  if (text.length > VALIDATED_CHARS_MAX)
    return {
      problem: `expected at most ${VALIDATED_CHARS_MAX} characters to try ${validator} on, got ${text.length}`,
      kestra,
    };
  const budget: Budget = { steps: STEPS_MAX - TRIAL_STEPS_MAX, depth: 0 };
  try {
    return find(wholeOf(validator), text, 0, budget)
      ? undefined
      : refusal(`a text that matches ${validator}`, shown, kestra);
  } catch (error) {
    if (!isFault(error)) throw error;
    return {
      problem: `expected a pattern that can be tried in a moment, got ${validator}, which takes too long`,
      kestra,
    };
  }
}

/** What cannot be parsed or costs too much; a deep one ends at the bottom of the stack. */
const isFault = (error: unknown): boolean =>
  error instanceof ValueError || error instanceof ExpressionError || error instanceof RangeError;

/** @throws ValueError */
function wholeOf(validator: string): Regex {
  const known = kept.get(validator);
  if (known) return known;
  const regex = parseRegex(validator);
  const whole: Regex = { ...regex, root: { kind: 'sequence', items: [START, regex.root, END] } };
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!);
  kept.set(validator, whole);
  return whole;
}
