/** What a step asks, as far as a letter carries it: each question once, and none that is too large or comes after too many. */
import { questionKey } from '../../lib/expression/world.ts';
import type { Answered, Question } from '../../lib/model/question.ts';

/** Kept in a letter while more is asked. */
const ANSWERS_MAX = 1_000;
const ANSWERS_CHARS_MAX = 512 * 1024;
/** A question comes back with its answer, in a message of 256 KB. */
const QUESTION_CHARS_MAX = 96 * 1024;
/** Of one letter: the others are asked when these are answered. */
const LETTER_CHARS_MAX = 128 * 1024;

export interface Askable {
  readonly questions: readonly Question[];
  /** Answered at once, since nobody can. */
  readonly refused: readonly Answered[];
}

export function askable(asked: readonly Question[], answers: readonly Answered[]): Askable {
  const each = [...new Map(asked.map((question) => [questionKey(question), question]))];
  const isTooMany = answers.length >= ANSWERS_MAX || JSON.stringify(answers).length > ANSWERS_CHARS_MAX;
  const questions: Question[] = [];
  const refused: Answered[] = [];
  let chars = 0;
  for (const [{ length }, question] of each) {
    const why = isTooMany ? TOO_MANY : length > QUESTION_CHARS_MAX ? tooLarge(question, length) : undefined;
    if (why !== undefined) refused.push({ question, answer: { refused: why } });
    else if (chars === 0 || chars + length <= LETTER_CHARS_MAX) {
      chars += length;
      questions.push(question);
    }
  }
  return { questions, refused };
}

const TOO_MANY = `expected at most ${ANSWERS_MAX} answers of ${ANSWERS_CHARS_MAX} characters together in what is not a task's to render, got more`;
const tooLarge = ({ kind }: Question, length: number): string =>
  `expected ${kind}() of at most ${QUESTION_CHARS_MAX} characters in what is not a task's to render, got ${length}`;
