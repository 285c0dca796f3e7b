/** The runner's side of asking a webserver: questions go to the worker's main loop, answers find whoever waits. */
import { type Server, type ServerAnswer, TaskError } from '../../plugins/sdk/index.ts';
import type { AnswerMessage, Question } from './channel.ts';

/** Of one runner at a time. */
const WAITING_MAX = 100;
const BODY_CHARS_MAX = 1024 * 1024;

interface Waiter {
  readonly resolve: (answer: ServerAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class Questions {
  readonly #post: (question: Question) => void;
  readonly #waiting = new Map<number, Waiter>();
  #number = 0;

  constructor(post: (question: Question) => void) {
    this.#post = post;
  }

  /** For the run of an item. Nobody is waited for when `signal` fires. */
  serverOf(serial: number, signal: () => AbortSignal): Server {
    return { ask: (method, path, body) => this.#ask({ serial, method, path, body: textOf(body) }, signal()) };
  }

  answered({ number, answer }: AnswerMessage): void {
    const waiter = this.#waiting.get(number);
    if ('failure' in answer) waiter?.reject(new TaskError(answer.failure));
    else waiter?.resolve({ status: answer.status, body: read(answer.text) });
  }

  #ask(question: Omit<Question, 'kind' | 'number'>, signal: AbortSignal): Promise<ServerAnswer> {
    if (this.#waiting.size >= WAITING_MAX)
      return Promise.reject(new TaskError(`expected at most ${WAITING_MAX} questions to the server at once, got more`));
    const number = ++this.#number;
    const { promise, resolve, reject } = Promise.withResolvers<ServerAnswer>();
    const stop = (): void => reject(new TaskError('the task was ended before the server had answered'));
    this.#waiting.set(number, { resolve, reject });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else this.#post({ kind: 'ask', number, ...question });
    return promise.finally(() => {
      this.#waiting.delete(number);
      signal.removeEventListener('abort', stop);
    });
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is a plain text then.
    return text;
  }
}

function textOf(body: unknown): string | undefined {
  if (body === undefined) return undefined;
  const text = JSON.stringify(body);
  if (text.length > BODY_CHARS_MAX)
    throw new TaskError(`expected a question of at most ${BODY_CHARS_MAX} characters, got ${text.length}`);
  return text;
}
