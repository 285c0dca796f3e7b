/**
 * Servers as processes of their own, killed in the middle of 200 executions. Judged by the client's own history of calls and
 * by a ledger that the system never reads.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ExecutionAnswer } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { beginsOf, LEDGER_PLUGIN, type Note, nameOf, notesIn } from '../support/ledger.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const EXECUTIONS = 200;
const NOTES_EACH = 4;
/** From the death of one process to the next begin of what it had in hand. */
const AGAIN_WITHIN_MS = 10_000;
/** Beyond this times of such a machine say nothing of ours. */
const CROWDING_MAX = 3;
const CROWDING_MS = 100;
const ENDS = new Set(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED']);
type Mortal = 'executor' | 'worker';

let redis: TestRedis;
let installation: Installation;
let ledger: string;
before(async () => {
  redis = await startRedis();
  installation = anInstallation({ redisUrl: redis.url, env: { WINDHOVER_PLUGINS: LEDGER_PLUGIN } });
  ledger = join(installation.folder, 'ledger');
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

test('killing a worker, an executor and both at once in the middle of 200 executions', async (t) => {
  const start = (name: Mortal) => installation.start(name, name === 'worker' ? ['--threads', '8'] : []);
  const all = await Promise.all((['executor', 'executor', 'worker', 'worker'] as const).map(start));
  const living = { executor: all.slice(0, 2), worker: all.slice(2) };
  await Promise.all(['scheduler', 'indexer', 'webserver'].map((name) => installation.start(name)));
  const api = installation.api();
  await api.save(flowOf(ledger));
  const starts = Array.from({ length: EXECUTIONS }, () => api.start('tests.servers/notes'));
  const acknowledged = (await Promise.all(starts)).map(({ id }) => id);

  const seen = { lost: 0, moved: 0 };
  const faults: string[] = [];
  /** Returns when others have taken over what the victims had; meanwhile they are started again, as a supervisor would. */
  const kill = async (...names: Mortal[]) => {
    const running = runningIn(notesIn(ledger));
    assert.ok(running > EXECUTIONS / 2, `expected most of them in the middle, got ${running} that run`);
    const victims = names.map((name) => living[name].shift()!);
    const worker = victims.find(({ name }) => name === 'worker');
    // One that has nothing in hand would not be missed.
    if (worker) await eventually(() => inHand(notesIn(ledger), worker.pid).length > 1);
    const before = await numbersOf(living.executor);
    await Promise.all(victims.map((victim) => victim.kill('SIGKILL')));
    const atMs = Date.now();
    const anew = names.map(async (name) => void living[name].push(await start(name)));
    const now = await eventually(async () => {
      // Those that were started meanwhile have taken over a part.
      const numbers = await numbersOf(living.executor);
      if (names.includes('worker') && numbers.lost === before.lost) return false;
      return (!names.includes('executor') || numbers.moved > before.moved) && numbers;
    });
    seen.lost += now.lost - before.lost;
    seen.moved += now.moved - before.moved;
    if (worker) {
      const crowded = crowding();
      const again = await eventually(() => begunAgain(notesIn(ledger), worker.pid));
      const late = again.filter((note) => note.atMs - atMs > AGAIN_WITHIN_MS);
      const waits = late.map((note) => `${nameOf(note)} waited ${note.atMs - atMs} ms`);
      // When its owner has died as well, that must be found out first.
      const isJudged = victims.length === 1 && Math.max(crowded, crowding()) < CROWDING_MAX;
      if (isJudged) faults.push(...waits);
      else t.diagnostic(`began again, times are not judged: ${waits.join(', ') || 'none is late'}`);
    }
    await Promise.all(anew);
  };
  await eventually(() => beginsOf(notesIn(ledger)).size >= 20);
  await kill('worker');
  await kill('executor');
  await kill('executor', 'worker');
  if (seen.lost === 0 || seen.moved === 0)
    throw new Error(`void: ${seen.moved} moves of leases and ${seen.lost} lost workers were seen`);

  const ended = await Promise.all(acknowledged.map((id) => api.ended(id, 60_000)));
  faults.push(...faultsOf(ended, beginsOf(notesIn(ledger))));
  assert.deepEqual(faults, []);
  await eventually(async () => {
    const { body } = await api.ask<{ total: number }>('GET', '/executions/search?state=SUCCESS&size=1');
    return body.total === EXECUTIONS;
  });
});

/** How much longer than its own CPU time work takes here now: other work has the machine when it is much. */
function crowding(): number {
  const [startedMs, before] = [performance.now(), process.cpuUsage()];
  let usedMs = 0;
  while (usedMs < CROWDING_MS) {
    const { user, system } = process.cpuUsage(before);
    usedMs = (user + system) / 1_000;
  }
  return (performance.now() - startedMs) / usedMs;
}

function flowOf(ledger: string): string {
  const note = (id: string) => `{ id: ${id}, type: test.Note, ledger: "${ledger}", ms: 400 }`;
  return `
id: notes
namespace: tests.servers
tasks:
  - ${note('first')}
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - ${note('left')}
      - ${note('right')}
  - ${note('last')}
`;
}

async function numbersOf(
  executors: readonly ServerProcess[],
): Promise<{ readonly lost: number; readonly moved: number }> {
  const sum = async (name: string) => {
    const values = await Promise.all(executors.map((server) => server.metric(name)));
    return values.reduce((total, value) => total + value, 0);
  };
  return {
    lost: await sum('windhover_executor_workers_lost_total'),
    moved: await sum('windhover_executor_lease_moves_total'),
  };
}

/** How many executions still have something to do. */
function runningIn(notes: readonly Note[]): number {
  const ended = new Map<string, Set<string>>();
  for (const note of notes)
    if (note.what === 'end') ended.set(note.execution, (ended.get(note.execution) ?? new Set()).add(nameOf(note)));
  return EXECUTIONS - [...ended.values()].filter(({ size }) => size === NOTES_EACH).length;
}

/** For each attempt that a process has begun and not ended: the begin that followed, if there is one. */
function inHand(notes: readonly Note[], pid: number): readonly (Note | undefined)[] {
  const ended = new Set(notes.filter((note) => note.what === 'end' && note.pid === pid).map(nameOf));
  return [...beginsOf(notes)].flatMap(([name, begun]) => {
    const place = begun.findIndex((note) => note.pid === pid);
    return place < 0 || ended.has(name) ? [] : [begun[place + 1]];
  });
}

/** The next begins of what a process had in hand; undefined while one is missing. */
function begunAgain(notes: readonly Note[], pid: number): readonly Note[] | undefined {
  const next = inHand(notes, pid);
  return next.every((note) => note !== undefined) ? next : undefined;
}

/** Every acknowledged execution SUCCESS, every attempt noted, of every task run one record with one end. */
function faultsOf(ended: readonly ExecutionAnswer[], begins: ReadonlyMap<string, unknown>): string[] {
  const faults: string[] = [];
  let recorded = 0;
  for (const { id, state, taskRunList } of ended) {
    if (state.current !== 'SUCCESS') faults.push(`${id} ended ${state.current}`);
    const runs = new Set(taskRunList.map((run) => run.id));
    if (runs.size !== NOTES_EACH + 1 || taskRunList.length !== runs.size)
      faults.push(`${id} has ${runs.size} task runs in ${taskRunList.length} records`);
    for (const run of taskRunList) {
      const ends = run.state.histories.filter((entry) => ENDS.has(entry.state));
      if (ends.length !== 1) faults.push(`${id} ${run.taskId} ended ${ends.length} times`);
      if (run.taskId === 'both') continue;
      if (run.attempts?.length !== 1) faults.push(`${id} ${run.taskId} has ${run.attempts?.length} attempts`);
      if (begins.has(nameOf({ taskRun: run.id, attempt: 1 }))) recorded++;
      else faults.push(`${id} ${run.taskId} was never begun`);
    }
  }
  if (recorded !== begins.size) faults.push(`${begins.size} attempts were begun, ${recorded} are recorded`);
  return faults;
}
