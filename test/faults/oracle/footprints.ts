/** What processes hold open goes back to what they held soon after their start. */
import type { Judge } from './evidence.ts';

const MIB = 2 ** 20;

export const RSS = 'windhover_process_resident_memory_bytes';
/** How much more of each a process may hold in the end. */
export const MORE_MAX: ReadonlyMap<string, number> = new Map([
  ['windhover_redis_connections', 2],
  // Threads of a worker that were not needed at first, and connections of clients that are kept for a moment.
  ['windhover_process_open_fds', 40],
  [RSS, 150 * MIB],
]);

export const judgeFootprints: Judge = ({ footprints }) =>
  footprints.flatMap(({ who, gauge, first, last }) =>
    last - first > MORE_MAX.get(gauge)!
      ? [`${who} has ${last} of ${gauge}, and had ${first}: expected at most ${MORE_MAX.get(gauge)} more`]
      : [],
  );
