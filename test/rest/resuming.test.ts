/**
 * Logs followed over connections that break at random places: no line twice and none missing, while the indexer moves lines to
 * the repository and long after it has moved them all.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { Dice } from '../simulation/random.ts';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { followedInPieces } from '../support/following.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const TALKERS = 4;
const LINES_EACH = 60;
const ITERATIONS = 30;
const TRIES = 3;
/** Events that a reader hears before it goes, at most. */
const PATIENCE = [6, 40, 200];

let installation: Installation;
let api: Api;
let redis: Redis;
before(async () => {
  installation = anInstallation({ env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  await installation.start('standalone', ['--threads', '4']);
  api = installation.api();
  redis = new Redis(join(installation.data, 'redis.sock'));
  const talkers = Array.from({ length: TALKERS }, (_, n) => ({
    id: `talk-${n}`,
    type: 'test.Talk',
    lines: LINES_EACH,
    atOnce: n + 1,
    pauseMs: 15 * (n + 1),
  }));
  const retry = { type: 'constant', interval: 'PT0.1S', maxAttempts: TRIES };
  const stubborn = { id: 'stubborn', type: 'test.Talk', lines: 2, fails: true, allowFailure: true, retry };
  const values = Array.from({ length: ITERATIONS }, (_, n) => `${n}`);
  const each = {
    id: 'each',
    type: 'io.kestra.plugin.core.flow.ForEach',
    values,
    concurrencyLimit: 8,
    tasks: [says('{{ taskrun.value }}', 'one')],
  };
  const tasks = [...talkers, stubborn, each];
  await api.save(aFlow('chatty', [{ id: 'all', type: 'io.kestra.plugin.core.flow.Parallel', tasks }]));
});
after(async () => {
  redis.disconnect();
  await installation.remove();
});

const linesOf = async (id: string): Promise<string[]> =>
  (await api.ask<{ id: string }[]>('GET', `/logs/${id}`)).body.map(({ id: line }) => line);

/** What each of several readers has heard, each with its own patience. */
const heardBy = (id: string, dice: Dice) =>
  Promise.all(
    PATIENCE.map(async (eventsMax) => {
      const { events, streams } = await followedInPieces(api, `/logs/${id}/follow?resume=true`, { dice, eventsMax });
      const lines = events
        .filter(({ event }) => event === 'progress')
        .map(({ data }) => (JSON.parse(data) as { id: string }).id);
      return { eventsMax, lines, streams };
    }),
  );

function assertEachOnce(heard: Awaited<ReturnType<typeof heardBy>>, expected: readonly string[]): void {
  for (const { eventsMax, lines } of heard) {
    const place = `SEED=${SEED}, a reader that hears ${eventsMax} at most`;
    const twice = lines.filter((line, n) => lines.indexOf(line) !== n);
    assert.deepEqual(twice, [], `${place}: twice`);
    assert.deepEqual(
      expected.filter((line) => !lines.includes(line)),
      [],
      `${place}: missing`,
    );
    assert.equal(lines.length, expected.length, place);
  }
}

test(`losing no line and hearing none twice over streams that break (SEED=${SEED})`, async () => {
  const { id } = await api.start(`${NAMESPACE}/chatty`);
  const heard = await heardBy(id, new Dice(SEED));
  const expected = await linesOf(id);
  assert.ok(expected.length >= TALKERS * LINES_EACH + ITERATIONS + 2 * TRIES, `${expected.length} lines`);
  assert.ok(heard[0]!.streams > 20, `${heard[0]!.streams} streams`);
  assertEachOnce(heard, expected);
});

test(`the same of an execution that has left Redis long before (SEED=${SEED})`, async () => {
  const { id } = await api.run(`${NAMESPACE}/chatty`);
  const expected = await linesOf(id);
  await eventually(async () => {
    const [documents, streams] = await Promise.all([
      redis.keys(`windhover:{x:*}:d:${id}`),
      redis.keys('windhover:{l:*}:lines'),
    ]);
    const lengths = await Promise.all(streams.map((key) => redis.xlen(key)));
    return documents.length === 0 && lengths.every((length) => length === 0);
  });
  assertEachOnce(await heardBy(id, new Dice(SEED)), expected);
});
