/** What the page tells an operator first, as sentences; and the addresses of what is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role, ServicesView } from '../web/ui/src/api/operator.ts';
import { type Standing, standingOf, standstillsOf, troublesOf } from '../web/ui/src/pages/services/troubles.ts';
import { parseRoute, paths } from '../web/ui/src/route.ts';

const ROLES: readonly Role[] = ['executor', 'worker', 'scheduler', 'indexer', 'webserver'];
const services = (roles: readonly Role[], more: Partial<ServicesView> = {}): ServicesView => ({
  results: roles.map((role) => ({
    ...{ id: role, role, host: 'here', pid: 1, version: '0', startedAt: '2026-01-01T00:00:00.000Z', partitions: [] },
  })),
  total: roles.length,
  unownedPartitions: [],
  partitions: [],
  groups: [],
  ...more,
});
const texts = (view: ServicesView) => troublesOf(view).map(({ text }) => text);

test('telling of no trouble where each part lives and threads are free', () => {
  const busy = { group: 'default', workers: 1, threads: 4, threadsFree: 1, parcelsWaiting: 9 };
  assert.deepEqual(texts(services(ROLES, { groups: [busy] })), []);
});

test('naming each part that is missing, with the command that starts it', () => {
  const missing = troublesOf(services(['executor', 'webserver', 'indexer']));
  assert.deepEqual(
    missing.map(({ command }) => command),
    ['npx windhover server worker', 'npx windhover server scheduler'],
  );
  assert.match(missing[0]!.text, /^No worker lives: tasks wait/);
});

test('telling of partitions that nobody owns, but not where no executor lives at all', () => {
  const unownedPartitions = Array.from({ length: 8 }, (_, n) => `x:${n}`);
  assert.match(texts(services(ROLES, { unownedPartitions }))[0]!, /^Nobody owns x:0, .*x:5 and 2 more/);
  const without = texts(services(['worker', 'scheduler', 'indexer'], { unownedPartitions }));
  assert.deepEqual([without.length, /^No executor lives/.test(without[0]!)], [1, true]);
});

test('telling of a group whose threads are all busy while tasks wait for it', () => {
  const group = { group: 'gpu', workers: 1, threads: 2, threadsFree: 0, parcelsWaiting: 3 };
  const [trouble] = troublesOf(services(ROLES, { groups: [group] }));
  assert.match(trouble!.text, /^All 2 threads of the worker group gpu are busy/);
  assert.equal(trouble!.command, 'npx windhover server worker --worker-group gpu');
  assert.deepEqual(texts(services(ROLES, { groups: [{ ...group, parcelsWaiting: 0 }] })), []);
});

test('telling of what has waited for ten seconds without a break, and of nothing shorter', () => {
  const look = (commitsBehind: number, messagesWaiting = 0) => ({
    partitions: [{ partition: 'x:3', owner: 'executor', messagesWaiting, commitsBehind, deadLetters: 0 }],
  });
  const first = standingOf(new Map(), look(2), 0);
  const second = standingOf(first, look(1), 9_000);
  assert.deepEqual(standstillsOf(second, 9_000), []);
  const third = standingOf(second, look(1, 4), 11_000);
  const [told, ...others] = standstillsOf(third, 11_000);
  assert.match(told!.text, /^Commits of x:3 are not in the repository yet/);
  assert.deepEqual(others, []);
  const caughtUp = standingOf(third, look(0, 4), 12_000);
  assert.deepEqual([...caughtUp.keys()], ['x:3 messagesWaiting']);
  assert.match(standstillsOf(caughtUp, 21_000)[0]!.text, /^Messages of x:3 wait for their executor/);
});

test('telling of no standstill where a mailbox is never empty and gets shorter', () => {
  const look = (messagesWaiting: number) => ({
    partitions: [{ partition: 'x:3', owner: 'executor', messagesWaiting, commitsBehind: 0, deadLetters: 0 }],
  });
  const NONE_YET: Standing = new Map();
  const counts = [7, 9, 4, 8, 8, 9];
  const standing = counts.reduce((before, count, n) => standingOf(before, look(count), n * 4_000), NONE_YET);
  // It got shorter after 8 s, and has not since.
  assert.deepEqual(standstillsOf(standing, 16_000), []);
  assert.equal(standstillsOf(standing, 20_000).length, 1);
});

test('giving an address to each page of an operator', () => {
  const read = (path: string) => {
    const { pathname, search } = new URL(path, 'http://here');
    return parseRoute(pathname, search);
  };
  assert.deepEqual(read(paths.services), { page: 'services' });
  assert.deepEqual(read(paths.deadLetters(3)), { page: 'dead letters', number: 3 });
  assert.deepEqual(read(paths.deadLetter('x3-1-0')), { page: 'dead letter', id: 'x3-1-0' });
  assert.deepEqual(read('/ui/services/nothing'), { page: 'unknown' });
});
