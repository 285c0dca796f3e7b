/**
 * What an expression may ask of the world around it. Nothing of it is read here: whoever renders hands it in. A worker gives its
 * clock, real dice, and a way to answer questions. A step of the executor gives the time of its message and dice that follow from
 * an id, so that the same step is the same everywhere (E1); where a template asks for what it does not know, rendering ends with
 * `NeedsFact`, the step answers `{ needs }`, and is taken again when the answer is there.
 */
import { hash } from 'node:crypto';
import type { Answer, FactKind, Question } from '../model/question.ts';

export type { Answer, FactKind, Question } from '../model/question.ts';

export type World = {
  /** What `now()` is, in milliseconds since 1970. */
  readonly nowMs?: number;
  /** Where times without a zone are: UTC if not given. */
  readonly timeZone?: string;
  /** So many bytes of randomness, new ones at each call. */
  readonly random?: (bytes: number) => Uint8Array;
  /** `undefined` if that is not known here. */
  readonly answer?: (question: Question) => Answer | undefined;
  /** Roots that `printContext()` shows in place of those that hold secrets. */
  readonly shown?: () => Readonly<Record<string, unknown>> | undefined;
};

/** Knows nothing: a template that asks anything ends with `NeedsFact`. */
export const NO_WORLD: World = {};

/** Rendering cannot go on without the answer to `question`. No fault of the template. */
export class NeedsFact extends Error {
  readonly question: Question;
  constructor(question: Question) {
    super(`expected an answer to ${question.kind}(${JSON.stringify(question.args)}), got none`);
    this.name = 'NeedsFact';
    this.question = question;
  }
}

export const questionKey = ({ kind, args }: Question): string => JSON.stringify([kind, args]);

/** @throws NeedsFact */
export function asked(world: World, kind: FactKind, args: Question['args'] = {}): Answer {
  const question: Question = { kind, args };
  const answer = world.answer?.(question);
  if (answer === undefined) throw new NeedsFact(question);
  return answer;
}

/** Answers found before, by `questionKey`. */
export const answersFrom =
  (known: ReadonlyMap<string, Answer>): World['answer'] =>
  (question) =>
    known.get(questionKey(question));

/** @throws NeedsFact */
export function nowMs(world: World): number {
  if (world.nowMs !== undefined) return world.nowMs;
  const answer = asked(world, 'now');
  return 'value' in answer ? Number(answer.value) : Number.NaN;
}

/** @throws NeedsFact */
export function random(world: World, bytes: number): Uint8Array {
  if (!world.random) throw new NeedsFact({ kind: 'random', args: {} });
  return world.random(bytes);
}

/** Dice that follow from `seed`: the same calls in the same order give the same bytes. */
export function seededRandom(seed: string): (bytes: number) => Uint8Array {
  let drawn = 0;
  return (bytes) => {
    const blocks: Buffer[] = [];
    for (let length = 0; length < bytes; length += blocks.at(-1)!.length)
      blocks.push(hash('sha256', `${seed}\u0000${drawn++}`, 'buffer'));
    return new Uint8Array(Buffer.concat(blocks).subarray(0, bytes));
  };
}
