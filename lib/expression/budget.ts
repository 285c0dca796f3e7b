/** What one expression may cost. A render that would cost more ends with an error that says so, in a moment. */
import { ValueError } from './error.ts';

/** Loop turns, range items, calls and copied items of one render. */
export const STEPS_MAX = 1_000_000;
/** Characters of one text: a value on its way or the whole result. */
export const TEXT_CHARS_MAX = 16 * 1024 * 1024;
/** Values that are written into one text. */
const PARTS_MAX = 2_000_000;
/** Maps and lists inside one another in a value. */
export const VALUE_DEPTH_MAX = 1_000;
/** Brackets, operators and tags inside one another in a template. */
export const DEPTH_MAX = 200;
/** Templates that render templates that render templates; macros that call macros. */
export const CALLS_DEPTH_MAX = 20;
/** Characters of one template. */
export const TEMPLATE_CHARS_MAX = 1024 * 1024;
/** Templates kept compiled, and the longest that is kept. */
export const COMPILED_MAX = 4_000;
export const COMPILED_CHARS_MAX = 16 * 1024;

export type Budget = { steps: number; depth: number };

export const newBudget = (): Budget => ({ steps: 0, depth: 0 });

export function spend(budget: Budget, steps: number): void {
  budget.steps += steps;
  if (budget.steps > STEPS_MAX)
    throw new ValueError(`expected at most ${STEPS_MAX} steps in one expression, got more`, 'budget');
}

/** Going through a text costs a step for so many characters. */
const CHARS_PER_STEP = 64;

/** Pays for what has to be gone through: the characters of a text, the items of a list. */
export function spendOn(budget: Budget, value: unknown): void {
  if (typeof value === 'string') spend(budget, Math.floor(value.length / CHARS_PER_STEP));
  else if (Array.isArray(value)) spend(budget, value.length);
}

export function within(text: string): string {
  if (text.length > TEXT_CHARS_MAX) throw tooLong();
  return text;
}

export function tooLong(): ValueError {
  return new ValueError(`expected a text of at most ${TEXT_CHARS_MAX} characters, got a longer one`, 'budget');
}

/** Refuses a value that is too deep to be written: a map that holds itself a thousand times over is short to build. */
export function deepValue(depth: number): void {
  if (depth > VALUE_DEPTH_MAX)
    throw new ValueError(`expected at most ${VALUE_DEPTH_MAX} lists and maps inside one another`, 'budget');
}

/** A text that grows up to the bound: a list that holds itself twice, forty times over, is stopped while it is written. */
export class BoundedText {
  #text = '';
  #parts = 0;

  add(part: string): void {
    this.#text += part;
    if (++this.#parts > PARTS_MAX || this.#text.length > TEXT_CHARS_MAX) throw tooLong();
  }

  get done(): string {
    return this.#text;
  }
}
