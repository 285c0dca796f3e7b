/** The contract: which servers live, and messages that were given up. */
import { z } from 'zod';
import { page } from '../bodies.ts';
import type { Routes } from '../route.ts';
import { list, object, shape, text, time, whole } from '../schema.ts';
import { json, NOTHING, paged } from '../terms.ts';

const Partitions = list(text.describe('x:<n> holds executions, f:<n> flows'));
const Service = shape({
  id: text,
  role: z.enum(['executor', 'worker', 'scheduler', 'indexer', 'webserver']),
  host: text,
  pid: whole,
  version: text,
  startedAt: time,
  partitions: Partitions.describe('Those that it owns'),
  group: text.optional().describe('Of workers'),
  threads: whole.optional(),
  threadsFree: whole.optional(),
  url: text.optional().describe('Where others reach it'),
});
const PartitionState = shape({
  partition: text,
  owner: text.optional().describe('The server that holds its lease; none where nobody does'),
  messagesWaiting: whole.describe('In its mailbox, not applied yet'),
  commitsBehind: whole.describe('That the repository does not have yet'),
  deadLetters: whole,
});
const GroupState = shape({
  group: text,
  workers: whole,
  threads: whole,
  threadsFree: whole,
  parcelsWaiting: whole.describe('Parcels of tasks that no worker has taken yet'),
});
const LETTER = {
  id: text,
  partition: text,
  date: time.describe('When the message came'),
  reason: text.describe('Why it was given up'),
  kind: text.optional().describe('What the message asks for; none where it cannot be read'),
  executionId: text.optional(),
  flow: text.optional(),
};
const { page: PAGE, size } = paged('');

export const OPERATOR_ROUTES = {
  listServices: {
    method: 'GET',
    path: '/services',
    access: 'read',
    summary: 'The servers that live, what they own, and how much waits for them',
    answer: json(
      shape({
        ...{ results: list(Service), total: whole, unownedPartitions: Partitions },
        partitions: list(PartitionState),
        groups: list(GroupState).describe('Of workers'),
      }),
    ),
    example: {},
  },
  listDeadLetters: {
    method: 'GET',
    path: '/dead-letters',
    access: 'admin',
    summary: 'Messages that were given up, the newest first',
    query: { page: PAGE, size },
    answer: json(page(shape(LETTER))),
    example: { query: { size: '20' } },
  },
  readDeadLetter: {
    method: 'GET',
    path: '/dead-letters/:letterId',
    access: 'admin',
    summary: 'A message that was given up, with what it says',
    answer: json(shape({ ...LETTER, messages: list(object).optional(), unreadable: text.optional() })),
    example: {},
  },
  retryDeadLetter: {
    method: 'POST',
    path: '/dead-letters/:letterId/retry',
    access: 'admin',
    summary: 'Send a message that was given up once more',
    answer: NOTHING,
    example: {},
  },
  discardDeadLetter: {
    method: 'DELETE',
    path: '/dead-letters/:letterId',
    access: 'admin',
    summary: 'Throw away a message that was given up',
    answer: NOTHING,
    example: {},
  },
} as const satisfies Routes;
