/**
 * Answers what expressions ask (lib/model/question.ts): for a task in a worker's thread, for a step of an executor, for the inputs of
 * a start. The same code, with as much of the world as each of them hands in. Never throws: why there is no answer is one too.
 */
import type { Http } from '../../../plugins/sdk/index.ts';
import { systemClock } from '../../clock.ts';
import { textOf } from '../../errors.ts';
import type { Answer, FactKind, Question } from '../../expression/world.ts';
import type { ExecutionPlace } from '../../model/execution.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Answerer } from '../facts.ts';
import { answerFile } from './file.ts';
import { answerHttp } from './http.ts';

export interface AnswerParts {
  readonly tenant: string;
  /** The executions whose files may be told of, see lib/model/kin.ts. */
  readonly kin: () => readonly ExecutionPlace[];
  readonly storage: Storage;
  /** Checks what it connects to, see ../http. */
  readonly http: () => Http;
  /** The real jq, where there is a thread for it. */
  readonly jq?: (question: Question) => Answer;
  /** In clear: only where the answer stays in a runner's memory. */
  readonly secret?: (key: string) => string | undefined;
  /** The last error lines of the execution. */
  readonly errorLogs?: () => Promise<unknown>;
}

type Way =
  | { readonly atOnce: (question: Question, parts: AnswerParts) => Answer }
  | { readonly later: (question: Question, parts: AnswerParts) => Promise<Answer> };

const notYet = (what: string): Way => ({ atOnce: () => ({ refused: `${what} is not supported yet` }) });

const WAYS: Readonly<Record<FactKind, Way>> = {
  kv: notYet('kv()'),
  credential: notYet('credential()'),
  subflow: notYet('subflow()'),
  secret: { atOnce: answerSecret },
  jq: {
    atOnce: (question, { jq }) =>
      jq?.(question) ?? { refused: `expected a jq program that runs here, got \`${question.args.program}\`` },
  },
  now: { atOnce: () => ({ value: systemClock.now() }) },
  random: { atOnce: () => ({ refused: 'expected dice, which come with the world' }) },
  read: { later: answerFile },
  fileSize: { later: answerFile },
  fileExists: { later: answerFile },
  isFileEmpty: { later: answerFile },
  http: { later: answerHttp },
  errorLogs: { later: answerErrorLogs },
};

export const answererOf = (parts: AnswerParts): Answerer => ({
  atOnce: (question) => {
    const way = WAYS[question.kind];
    return 'atOnce' in way ? way.atOnce(question, parts) : undefined;
  },
  later: async (question) => {
    const way = WAYS[question.kind];
    try {
      return 'later' in way ? await way.later(question, parts) : way.atOnce(question, parts);
    } catch (error) {
      return { refused: textOf(error) };
    }
  },
});

/** The environment's secrets belong to no namespace. Sentences as Kestra has them. */
function answerSecret({ args }: Question, { secret }: AnswerParts): Answer {
  const key = String(args.key);
  if (!secret)
    return {
      refused: `expected secret('${key}') in a property of a task that runs in a worker: secrets do not leave it`,
    };
  const value = secret(key.toUpperCase());
  return value === undefined ? { missing: `Cannot find secret for key '${key}'` } : { value };
}

async function answerErrorLogs(_: Question, { errorLogs }: AnswerParts): Promise<Answer> {
  return errorLogs ? { value: await errorLogs() } : { refused: 'expected an execution that runs around errorLogs()' };
}
