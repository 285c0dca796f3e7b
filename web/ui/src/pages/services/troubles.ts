/** What an operator should hear of first, in sentences, each with what helps. Pure. */
import type { PartitionView, Role, ServicesView } from '../../api/operator.ts';

export interface Trouble {
  readonly text: string;
  /** What starts what is missing. */
  readonly command?: string;
}

const NAMED_MAX = 6;

/** What does not happen while none of them lives. */
const WITHOUT: Readonly<Record<Exclude<Role, 'webserver'>, string>> = {
  executor: 'No executor lives: nothing begins, and what has begun does not move.',
  worker: 'No worker lives: tasks wait.',
  scheduler: 'No scheduler lives: schedules and triggers start nothing.',
  indexer: 'No indexer lives: lists, searches and old logs stay as they are.',
};
const NEEDED = Object.keys(WITHOUT) as readonly (keyof typeof WITHOUT)[];

export const sumOf = (
  partitions: readonly PartitionView[],
  what: 'messagesWaiting' | 'commitsBehind' | 'deadLetters',
) => partitions.reduce((sum, each) => sum + each[what], 0);

export function troublesOf({ results, unownedPartitions: unowned, groups }: ServicesView): readonly Trouble[] {
  const live = new Set(results.map(({ role }) => role));
  const missing = NEEDED.filter((role) => !live.has(role)).map((role) => ({
    text: WITHOUT[role],
    command: `npx windhover server ${role}`,
  }));
  const named = unowned.slice(0, NAMED_MAX).join(', ');
  const more = unowned.length > NAMED_MAX ? ` and ${unowned.length - NAMED_MAX} more` : '';
  return [
    ...missing,
    // Without an executor that is no news.
    ...(unowned.length > 0 && live.has('executor')
      ? [{ text: `Nobody owns ${named}${more}: what is in there waits. An executor takes it within some seconds.` }]
      : []),
    ...groups.flatMap(busyOf),
  ];
}

function busyOf({ group, workers, threads, threadsFree, parcelsWaiting }: ServicesView['groups'][number]): Trouble[] {
  if (parcelsWaiting === 0 || workers === 0 || threadsFree > 0) return [];
  const all = threads === 1 ? 'The one thread' : `All ${threads} threads`;
  return [
    {
      text: `${all} of the worker group ${group} ${threads === 1 ? 'is' : 'are'} busy: further tasks wait until one is free. Another worker helps.`,
      command: `npx windhover server worker${group === 'default' ? '' : ` --worker-group ${group}`}`,
    },
  ];
}

/** `<partition> <what waits>` → since when some of it has stood there without a break, ms, and how much it is. */
export type Standing = ReadonlyMap<string, { readonly sinceMs: number; readonly count: number }>;
/** A moment's backlog is no news. */
const STANDING_MS = 10_000;
const OF_STANDING = {
  messagesWaiting: 'wait for their executor: what happens there stands still. Its log says why.',
  commitsBehind: 'are not in the repository yet: lists and searches are behind. The log of the indexer says why.',
} as const;
const STANDS = Object.keys(OF_STANDING) as readonly (keyof typeof OF_STANDING)[];

/** As of this look; `before` is of the last one. */
export function standingOf(
  before: Standing,
  { partitions }: Pick<ServicesView, 'partitions'>,
  nowMs: number,
): Standing {
  const stands = partitions.flatMap((each) =>
    STANDS.filter((what) => each[what] > 0).map((what) => {
      const [name, count] = [`${each.partition} ${what}`, each[what]];
      const old = before.get(name);
      // Under load a mailbox is never empty: one that gets shorter is worked at.
      const isWorkedAt = what === 'messagesWaiting' && old !== undefined && count < old.count;
      return [name, { sinceMs: old && !isWorkedAt ? old.sinceMs : nowMs, count }] as const;
    }),
  );
  return new Map(stands);
}

export function standstillsOf(standing: Standing, nowMs: number): readonly Trouble[] {
  return STANDS.flatMap((what) => {
    const long = [...standing].filter(([name, { sinceMs }]) => name.endsWith(what) && nowMs - sinceMs >= STANDING_MS);
    if (long.length === 0) return [];
    const where = long.map(([name]) => name.split(' ')[0]).slice(0, NAMED_MAX);
    const noun = what === 'commitsBehind' ? 'Commits' : 'Messages';
    return [
      { text: `${noun} of ${where.join(', ')}${long.length > NAMED_MAX ? ' and others' : ''} ${OF_STANDING[what]}` },
    ];
  });
}
