/** The indexer among the living servers. */
import type { Bus } from '../../lib/bus/bus.ts';
import { MEMBER_BEAT_MS, newMember } from '../../lib/bus/members.ts';
import { isFault } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Service } from '../../lib/service.ts';

/** The same service, which says that it lives from its start to its stop. */
export function asMember(indexer: Service, { members }: Bus, log: Log): Service {
  const member = newMember('indexer');
  let beating: NodeJS.Timeout | undefined;
  const sayAlive = () =>
    members.beat(member).catch((error: unknown) => {
      // Redis is away: the next beat says it.
      if (!isFault(error)) log.error({ err: error }, 'the beat was refused');
    });
  return {
    ...indexer,
    start: async () => {
      await indexer.start();
      beating = setInterval(sayAlive, MEMBER_BEAT_MS);
      void sayAlive();
    },
    stop: async (deadlineMs) => {
      clearInterval(beating);
      await indexer.stop(deadlineMs);
      await members.leave(member.id).catch(() => {}); // Silence says the same after a while.
    },
  };
}
