/** A commit as the arguments of `lua/commit.lua`: named sections, as written there. */
import { streamIdOf } from '../../model/version.ts';
import { type Commit, LEASE_MS, type Lease } from '../ownership.ts';

export function commitArguments(lease: Lease, commit: Commit): (string | number)[] {
  const trim = commit.trimFeedBefore ? streamIdOf(commit.trimFeedBefore) : '';
  const args: (string | number)[] = [
    lease.value,
    LEASE_MS,
    lease.epoch,
    commit.expected,
    commit.id,
    trim,
    commit.outbox.join(' '),
  ];
  section(args, 'events', commit.events.flat());
  section(args, 'applied', commit.applied);
  for (const { id, set, removed = [], drop } of commit.documents) {
    if (drop) section(args, 'drop', [id]);
    else if (set.length > 0) section(args, isNew(set) ? 'new' : 'set', [id, ...set.flat()]);
    if (removed.length > 0) section(args, 'unset', [id, ...removed]);
  }
  section(args, 'opened', commit.opened.flat());
  section(args, 'closed', commit.closed);
  section(args, 'ended', commit.tombstones.set.flat());
  section(args, 'forgotten', commit.tombstones.dropped);
  section(
    args,
    'timers',
    commit.timers.set.flatMap(([name, dueMs]) => [dueMs, name]),
  );
  section(args, 'timersDropped', commit.timers.dropped);
  section(args, 'definitionsDropped', commit.definitionsDropped);
  section(args, 'killed', commit.killed);
  section(args, 'still', commit.still.set);
  section(args, 'stirred', commit.still.dropped);
  section(args, 'dead', commit.deadLetters);
  section(args, 'triesDropped', commit.triesDropped);
  section(args, 'letters', commit.letters.set.flat());
  section(args, 'lettersDropped', commit.letters.dropped);
  return args;
}

/** Nothing is sent of what there is nothing of. */
function section(args: (string | number)[], name: string, values: readonly (string | number)[]): void {
  if (values.length === 0) return;
  args.push(name, values.length);
  for (const value of values) args.push(value);
}

/** The fields that a document begins with: `start` of an execution, `head` of a flow. */
const isNew = (set: readonly (readonly [field: string, json: string])[]): boolean =>
  set.some(([field]) => field === 'start' || field.startsWith('r:'));
