/** The gates of mailboxes on Redis: `lua/start`, `lua/kill`, `lua/append`, `lua/answer`. */
import { Fault, isFault } from '../../errors.ts';
import { attemptRef } from '../../model/execution.ts';
import type { Message, NextClaim, StartMessage } from '../../model/message.ts';
import type { Partition } from '../../model/partition.ts';
import { CLAIM_MS } from '../claims.ts';
import {
  type Answer,
  type KillAnswer,
  MAILBOX_ENTRIES_MAX,
  type Mailbox,
  MESSAGE_BYTES_MAX,
  MESSAGE_LIFE_MS,
  type ReviveAnswer,
  type StartAnswer,
} from '../mailbox.ts';
import { type Client, type Connections, reached } from './connection.ts';
import { prefixOf } from './keys.ts';
import type { Replication } from './replication.ts';
import { script, sectioned } from './script.ts';

const RETRY_AFTER_MS = 1_000;
/** Entries of one look at a mailbox. */
const LOOK_ENTRIES = 500;
const append = sectioned('append');
const answer = sectioned('answer');
const kill = script('kill');
const revive = script('revive');
const start = script('start');

/** `replication`: of strict durability. */
export function redisMailbox({ state }: Connections, replication?: Replication): Mailbox {
  return {
    start: async (partition, message, { definition = '', urgent = false }) => {
      const bound = urgent ? 0 : MAILBOX_ENTRIES_MAX;
      const args = [
        message.executionId,
        message.start.flow.hash,
        definition,
        textOfMessages([message]),
        message.atMs,
        MESSAGE_LIFE_MS,
        bound,
      ];
      try {
        const answer = startAnswer((await start(state, prefixOf(partition), args)) as string[]);
        if (!urgent && answer.kind === 'accepted') await replication?.confirmed(prefixOf(partition));
        return answer;
      } catch (error) {
        if (isFault(error, 'bus.full')) return { kind: 'full', retryAfterMs: RETRY_AFTER_MS };
        throw error;
      }
    },
    kill: async (partition, message) => {
      const { executionId, caller, incarnation } = message;
      const args = [executionId, caller ? '' : incarnation, textOfMessages([message]), caller ? 1 : 0];
      const answer = (await kill(state, prefixOf(partition), args)) as KillAnswer;
      if (!caller && answer === 'accepted') await replication?.confirmed(prefixOf(partition));
      return answer;
    },
    revive: async (partition, { executionId, version, hash, definition, message, fields }) =>
      (await revive(state, prefixOf(partition), [
        executionId,
        version,
        hash,
        definition,
        textOfMessages([message]),
        ...fields.flat(),
      ])) as ReviveAnswer,
    append: (partition, messages) => appendTo(state, partition, messages),
    answer: async (partition, workerId, answers) => {
      if (!answers.some(({ next }) => next)) {
        const messages = answers.map(({ message }) => message);
        await appendTo(state, partition, messages);
        return messages.map(() => false);
      }
      const { oldest, newest } = timesOf(answers.map(({ message }) => message));
      const args = [
        CLAIM_MS,
        oldest,
        newest,
        MESSAGE_LIFE_MS,
        ...answers.flatMap((one) => answerArguments(one, workerId)),
      ];
      const answered = await answer(state, prefixOf(partition), args);
      if (answered === 0) throw late(oldest);
      return (answered as number[]).map((granted) => granted === 1);
    },
    waitingStart: (partition, executionId) => waitingStart(state, `${prefixOf(partition)}:mail`, executionId),
    discard: async (partition, letter) => {
      const gone = await state.lrem(`${prefixOf(partition)}:dead`, 1, letter).catch((error: unknown) => {
        throw reached(error);
      });
      return gone > 0;
    },
    depth: (partition) =>
      state.xlen(`${prefixOf(partition)}:mail`).catch((error: unknown) => {
        throw reached(error);
      }),
  };
}

async function waitingStart(client: Client, key: string, executionId: string): Promise<StartMessage | undefined> {
  for (let from = '-'; ; ) {
    const entries = await client.xrange(key, from, '+', 'COUNT', LOOK_ENTRIES).catch((error: unknown) => {
      throw reached(error);
    });
    for (const [, [, text = '']] of entries) {
      if (!text.includes(executionId) || !text.includes('"kind":"start"')) continue;
      const messages = JSON.parse(text) as Message[];
      const found = messages.find((message) => message.kind === 'start' && message.executionId === executionId);
      if (found) return found as StartMessage;
    }
    if (entries.length < LOOK_ENTRIES) return undefined;
    from = `(${entries.at(-1)![0]}`;
  }
}

async function appendTo(
  client: Client,
  partition: Partition,
  messages: readonly { readonly atMs: number }[],
): Promise<void> {
  const { oldest, newest } = timesOf(messages);
  const args = [textOfMessages(messages), oldest, newest, MESSAGE_LIFE_MS];
  if ((await append(client, prefixOf(partition), args)) === 0) throw late(oldest);
}

const late = (atMs: number): Fault =>
  new Fault('bus.messageLate', `expected a time within ${MESSAGE_LIFE_MS} ms of now, got ${atMs}`);

function timesOf(messages: readonly { readonly atMs: number }[]): { readonly oldest: number; readonly newest: number } {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, 0];
  for (const { atMs } of messages) {
    if (atMs < oldest) oldest = atMs;
    if (atMs > newest) newest = atMs;
  }
  return { oldest, newest };
}

function answerArguments({ message, delivery, next }: Answer, workerId: string): string[] {
  const text = checkedSize(JSON.stringify(message), 1).slice(0, -1);
  if (!next) return [text, '', '', '', '', ''];
  const { executionId, taskRunId, attempt, token, atMs } = message;
  const held = `${delivery}|${workerId}|`;
  const { taskId, taskRunId: nextId, token: nextToken } = next;
  const claim: NextClaim = { taskId, taskRunId: nextId, delivery, token: nextToken, atMs };
  return [
    text,
    attemptRef(executionId, taskRunId, attempt),
    `${held}${token}|`,
    attemptRef(executionId, nextId, 1),
    `${held}${nextToken}|`,
    `,"next":${JSON.stringify(claim)}}`,
  ];
}

function textOfMessages(messages: readonly (Message | object)[]): string {
  return checkedSize(JSON.stringify(messages), messages.length);
}

function checkedSize(text: string, messages: number): string {
  // Characters are at least bytes: the exact count is taken only near the bound.
  if (text.length * 3 > MESSAGE_BYTES_MAX && Buffer.byteLength(text) > MESSAGE_BYTES_MAX * Math.max(1, messages))
    throw new Fault(
      'bus.messageTooLarge',
      `expected at most ${MESSAGE_BYTES_MAX} bytes, got ${Buffer.byteLength(text)}`,
    );
  return text;
}

function startAnswer([kind, detail]: readonly string[]): StartAnswer {
  switch (kind) {
    case 'accepted':
    case 'live':
    case 'definitionMissing':
      return { kind };
    case 'ended':
      return { kind, state: (JSON.parse(detail!) as { state: string }).state };
    case 'full':
      return { kind, retryAfterMs: RETRY_AFTER_MS };
    default:
      throw new Fault('bus.messageLate', `expected a time within ${MESSAGE_LIFE_MS} ms of ${detail}`);
  }
}
