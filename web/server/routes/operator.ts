/** What an operator looks at: which servers live and what they own; messages that were given up. */
import type { Bus } from '../../../lib/bus/bus.ts';
import type { Member } from '../../../lib/bus/members.ts';
import { type DeadLetter, DeadLetters } from '../live/dead-letters.ts';
import { lookAtServices, type PartitionState } from '../live/services.ts';
import { pageOf } from './paging.ts';
import type { Handlers } from './register.ts';

export function operatorHandlers(bus: Bus) {
  const letters = new DeadLetters(bus);
  return {
    listServices: async (asked) => {
      const { members, partitions, groups } = await lookAtServices(bus);
      const services = members.map((member) => serviceBody(member, partitions));
      asked.json({
        results: services.sort((a, b) => (a.role + a.startedAt < b.role + b.startedAt ? -1 : 1)),
        total: services.length,
        unownedPartitions: partitions.filter(({ owner }) => owner === undefined).map(({ partition }) => partition),
        partitions,
        groups,
      });
    },
    listDeadLetters: async (asked) => {
      const { limit, offset } = pageOf(asked.query);
      const { total, letters: found } = await letters.list(offset, limit);
      asked.json({ results: found.map(letterBody), total });
    },
    readDeadLetter: async (asked) => {
      const letter = await letters.read(asked.params.letterId!);
      const { messages, message } = letter;
      asked.json({ ...letterBody(letter), ...(messages.length > 0 ? { messages } : { unreadable: message }) });
    },
    retryDeadLetter: async ({ context, params }) => {
      await letters.retry(params.letterId!);
      context.status = 204;
    },
    discardDeadLetter: async ({ context, params }) => {
      await letters.discard(params.letterId!);
      context.status = 204;
    },
  } satisfies Partial<Handlers>;
}

function serviceBody(member: Member, all: readonly PartitionState[]) {
  const { id, role, host, pid, version, startedAtMs, group, threads, free, url } = member;
  const partitions = all.filter(({ owner }) => owner === id).map(({ partition }) => partition);
  return {
    ...{ id, role, host, pid, version, startedAt: new Date(startedAtMs).toISOString(), partitions },
    ...(role === 'worker' ? { group, threads, threadsFree: free } : {}),
    ...(url === undefined ? {} : { url }),
  };
}

/** What it is of stands in its first message. */
function letterBody({ id, partition, atMs, reason, messages: [first] }: DeadLetter) {
  return {
    ...{ id, partition, date: new Date(atMs).toISOString(), reason },
    ...(first ? { kind: first.kind } : {}),
    ...(first && 'executionId' in first ? { executionId: first.executionId } : {}),
    ...(first && 'flowId' in first ? { flow: first.flowId } : {}),
  };
}
