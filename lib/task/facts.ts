/**
 * What the expressions of a task ask of the world, and what they are told. Rendering is synchronous: where an answer takes a while,
 * it is fetched, kept for this rendering, and all is rendered again. The clock of a rendering stands still and its dice fall the
 * same way each time, so that no round asks for something else than the one before.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { NeedsFact, type World } from '../expression/render.ts';
import { type Answer, type Question, questionKey, seededRandom } from '../expression/world.ts';

/** Answers that one rendering waits for. */
export const WAITS_MAX = 100;
const SEED_BYTES = 32;

export interface Answerer {
  /** Undefined: not without waiting. */
  atOnce(question: Question): Answer | undefined;
  /** Never rejects: what cannot be had is an answer too. */
  later(question: Question): Promise<Answer>;
}

/** What runs where nothing may be waited for has to be run elsewhere, from its beginning. */
export class MustWait extends Error {
  constructor(what: string) {
    super(`expected a task that waits for nothing, got ${what}`);
    this.name = 'MustWait';
  }
}

export interface FactsParts extends Pick<World, 'timeZone' | 'shown'> {
  /** Asked for with the first question: most expressions ask nothing. */
  readonly answerer: () => Answerer;
  /** This machine's if absent. */
  readonly now?: () => number;
  /** See Ground. */
  readonly atOnce?: true;
}

export class Facts {
  readonly #parts: FactsParts;
  #answerer: Answerer | undefined;

  constructor(parts: FactsParts) {
    this.#parts = parts;
  }

  get answerer(): Answerer {
    return (this.#answerer ??= this.#parts.answerer());
  }

  /** With answers that are there at once. Throws NeedsFact where one is not. */
  atOnce<T>(work: (world: World) => T): T {
    return work(new Rendering(this, this.#parts));
  }

  /** A promise only where something has to be waited for; `work` is done again with each answer. Throws MustWait where it may not. */
  wait<T>(work: (world: World) => T): T | Promise<T> {
    const rendering = new Rendering(this, this.#parts);
    const tried = tryWith(work, rendering);
    if ('done' in tried) return tried.done;
    if (this.#parts.atOnce) throw new MustWait(`${tried.question.kind}()`);
    return this.#again(work, rendering, tried.question);
  }

  async #again<T>(work: (world: World) => T, rendering: Rendering, asked: Question): Promise<T> {
    let question = asked;
    for (let waits = 1; ; waits++) {
      const answer =
        waits > WAITS_MAX
          ? { refused: `expected at most ${WAITS_MAX} answers to wait for in one rendering, got more` }
          : await this.answerer.later(question);
      rendering.learn(question, answer);
      const tried = tryWith(work, rendering);
      if ('done' in tried) return tried.done;
      question = tried.question;
    }
  }
}

/** Throws all but NeedsFact. */
function tryWith<T>(work: (world: World) => T, world: World): { readonly done: T } | { readonly question: Question } {
  try {
    return { done: work(world) };
  } catch (error) {
    if (error instanceof NeedsFact) return { question: error.question };
    throw error;
  }
}

class Rendering implements World {
  readonly #facts: Facts;
  readonly #parts: FactsParts;
  #known: Map<string, Answer> | undefined;
  #nowMs: number | undefined;
  #seed: string | undefined;
  #dice: ((bytes: number) => Uint8Array) | undefined;

  constructor(facts: Facts, parts: FactsParts) {
    this.#facts = facts;
    this.#parts = parts;
  }

  get nowMs(): number {
    return (this.#nowMs ??= (this.#parts.now ?? systemClock.now)());
  }

  get timeZone(): string | undefined {
    return this.#parts.timeZone;
  }

  shown(): ReturnType<NonNullable<World['shown']>> {
    return this.#parts.shown?.();
  }

  random(bytes: number): Uint8Array {
    this.#seed ??= randomBytes(SEED_BYTES).toString('base64');
    this.#dice ??= seededRandom(this.#seed);
    return this.#dice(bytes);
  }

  answer(question: Question): Answer | undefined {
    const key = questionKey(question);
    const known = this.#known?.get(key);
    if (known) return known;
    const found = this.#facts.answerer.atOnce(question);
    if (found) this.#keep(key, found);
    return found;
  }

  /** And begins again. */
  learn(question: Question, answer: Answer): void {
    this.#keep(questionKey(question), answer);
    this.#dice = undefined;
  }

  #keep(key: string, answer: Answer): void {
    this.#known ??= new Map();
    this.#known.set(key, answer);
  }
}
