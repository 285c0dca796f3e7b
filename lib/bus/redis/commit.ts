/** A commit as the arguments of `lua/commit.lua`: sections of a count and that many groups, in the order written there. */
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
  singles(args, commit.applied);
  args.push(commit.documents.length);
  for (const { id, set, removed = [], drop } of commit.documents) {
    args.push(id, drop ? 'd' : isNew(set) ? 'n' : 's', set.length * 2);
    for (const [field, json] of set) args.push(field, json);
    args.push(removed.length, ...removed);
  }
  pairs(args, commit.opened);
  singles(args, commit.closed);
  pairs(args, commit.tombstones.set);
  singles(args, commit.tombstones.dropped);
  args.push(commit.timers.set.length);
  for (const [name, dueMs] of commit.timers.set) args.push(dueMs, name);
  singles(args, commit.timers.dropped);
  pairs(args, commit.events);
  singles(args, commit.definitionsDropped);
  singles(args, commit.killed);
  singles(args, commit.deadLetters);
  singles(args, commit.triesDropped);
  pairs(args, commit.letters.set);
  singles(args, commit.letters.dropped);
  return args;
}

/** The fields that a document begins with: `start` of an execution, `head` of a flow. */
const isNew = (set: readonly (readonly [field: string, json: string])[]): boolean =>
  set.some(([field]) => field === 'start' || field.startsWith('r:'));

function singles(args: (string | number)[], values: readonly string[]): void {
  args.push(values.length);
  for (const value of values) args.push(value);
}

function pairs(args: (string | number)[], values: readonly (readonly [string, string])[]): void {
  args.push(values.length);
  for (const [first, second] of values) args.push(first, second);
}
