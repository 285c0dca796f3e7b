/**
 * Finds out what steps of executors ask, in a thread of its own, in which no plugin is loaded. A secret leaves sealed. What it says is
 * bounded in time, and what it cannot say is an answer too.
 */
import { setImmediate } from 'node:timers/promises';
import { textOf } from '../../lib/errors.ts';
import { answerPlace } from '../../lib/model/envelope.ts';
import type { Asking } from '../../lib/model/letter.ts';
import type { Answer, Answered, Question as Fact } from '../../lib/model/question.ts';
import { openLocalStorage } from '../../lib/storage/local.ts';
import type { Storage } from '../../lib/storage/storage.ts';
import { answererOf } from '../../lib/task/answer/answerer.ts';
import type { Answerer } from '../../lib/task/facts.ts';
import { HttpConnector } from '../../lib/task/http/connector.ts';
import type { AnswerMessage, Question, Setup } from './channel.ts';
import { errorLines } from './error-lines.ts';
import { JqThread } from './jq.ts';
import { Questions } from './questions.ts';
import { type Secrets, secretsOf } from './secrets.ts';

export type AnswerSetup = Pick<Setup, 'storageFolder' | 'httpAllowPrivate' | 'encryptionKey' | 'secrets'>;
export type ToAnswerer = { readonly kind: 'asking'; readonly serial: number; readonly asking: Asking } | AnswerMessage;
export type FromAnswerer =
  | { readonly kind: 'answers'; readonly serial: number; readonly answers: readonly Answered[] }
  | Question;

/** Of one asking: what is not found out by then is refused. */
const ANSWER_MS_MAX = 25_000;
const AT_ONCE = 4;
const LATE: Answer = { refused: `expected an answer within ${ANSWER_MS_MAX} ms, got none` };

/** Takes what the worker's loop says. */
export function openAnswering(
  setup: AnswerSetup,
  post: (message: FromAnswerer) => void,
): (message: ToAnswerer) => void {
  const { storageFolder, httpAllowPrivate } = setup;
  const ground: Ground = {
    storage: openLocalStorage({ folder: storageFolder }),
    jq: new JqThread(),
    questions: new Questions(post),
    allowPrivate: httpAllowPrivate,
    secrets: secretsOf(setup),
  };
  return (message) => {
    if (message.kind === 'answer') return ground.questions.answered(message);
    const { serial, asking } = message;
    void answersTo(asking, serial, ground).then((answers) => post({ kind: 'answers', serial, answers }));
  };
}

interface Ground {
  readonly storage: Storage;
  readonly jq: JqThread;
  readonly questions: Questions;
  readonly allowPrivate: boolean;
  readonly secrets: Secrets;
}

async function answersTo(asking: Asking, serial: number, ground: Ground): Promise<readonly Answered[]> {
  const { storage, jq, questions, allowPrivate, secrets } = ground;
  const late = AbortSignal.timeout(ANSWER_MS_MAX);
  const untilMs = performance.now() + ANSWER_MS_MAX;
  const http = new HttpConnector({ allowPrivate }, late);
  const server = questions.serverOf(serial, () => late);
  const answerer = answererOf({
    tenant: asking.flow.tenant,
    kin: () => asking.kin,
    storage,
    http: () => http,
    jq: (question) => jq.answer(question),
    secret: (key) => secrets.named(key),
    errorLogs: () => errorLines(server, asking.executionId),
  });
  const answers: Answered[] = [];
  for (let n = 0; n < asking.questions.length; n += AT_ONCE) {
    // The real jq holds this thread up: others get their turn in between, and no timer fires meanwhile.
    await setImmediate();
    const some = asking.questions.slice(n, n + AT_ONCE).map(async (question) => ({
      question,
      answer:
        performance.now() > untilMs
          ? LATE
          : sealed(question, await answered(question, answerer, late), asking.executionId, secrets),
    }));
    answers.push(...(await Promise.all(some)));
  }
  http.close();
  return answers;
}

/** It goes through Redis. */
function sealed({ kind, args }: Fact, answer: Answer, executionId: string, secrets: Secrets): Answer {
  if (kind !== 'secret' || !('value' in answer)) return answer;
  try {
    return { value: secrets.seal(answerPlace(executionId, String(args.key)), String(answer.value)) };
  } catch (error) {
    return { refused: textOf(error) };
  }
}

async function answered(question: Fact, answerer: Answerer, late: AbortSignal): Promise<Answer> {
  const answer = answerer.atOnce(question);
  if (answer) return answer;
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const stop = (): void => resolve(LATE);
  late.addEventListener('abort', stop, { once: true });
  if (late.aborted) stop();
  void answerer.later(question).then(resolve);
  return promise.finally(() => late.removeEventListener('abort', stop));
}
