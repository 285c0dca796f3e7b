/**
 * Many readers on one webserver, some of which stop reading: these are told so, closed, and go on behind what they had; the others
 * miss nothing, and what waits for the slow ones is bounded.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FollowedExecution } from '../../web/api/following.ts';
import type { ServerEvent } from '../../web/cli/sse.ts';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE } from '../support/flow-source.ts';
import { growth } from '../support/memory.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';
import { openReader } from '../support/sse-reader.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
/** `test/bench/readers.ts` has a thousand. */
const READERS = 300;
const SLOW = 20;
const QUIET_FLOWS = 10;
const QUIET = { lines: 30, atOnce: 1, pauseMs: 500 };
/** More than the system takes for a reader that does not read, and the server besides. */
const LOUD = { lines: 1_000, atOnce: 10, pauseMs: 150, pad: 16_000 };
/** Connections that are made at once. */
const CONNECTING = 50;
const GROWTH_BYTES_MAX = 100 * 1024 * 1024;
const GAP_MS = 60_000;

let redis: TestRedis;
let installation: Installation;
let webserver: ServerProcess;
let api: Api;
before(async () => {
  redis = await startRedis();
  installation = anInstallation({ redisUrl: redis.url, env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  for (const name of ['executor', 'indexer']) await installation.start(name);
  await installation.start('worker', ['--threads', String(QUIET_FLOWS + 1)]);
  webserver = await installation.start('webserver');
  api = installation.api();
  await api.save(aFlow('quiet', [{ id: 'talk', type: 'test.Talk', ...QUIET }]));
  await api.save(aFlow('loud', [{ id: 'talk', type: 'test.Talk', ...LOUD }]));
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

const start = async (flow: string): Promise<string> => (await api.start(`${NAMESPACE}/${flow}`)).id;
const linesIn = (events: readonly ServerEvent[]): string[] =>
  events.filter(({ event }) => event === 'progress').map(({ data }) => (JSON.parse(data) as { id: string }).id);

interface Heard {
  readonly path: string;
  readonly events: ServerEvent[];
  pause(): void;
  resume(): void;
  readonly ended: Promise<void>;
}

async function reads(path: string, events: ServerEvent[] = []): Promise<Heard> {
  const lastEventId = events.at(-1)?.id;
  const onEvent = (event: ServerEvent) => events.push(event);
  // A machine that is busy refuses some at first, as it should: they come again.
  const reader = await eventually(() =>
    openReader(api, `${path}?resume=true`, { onEvent, lastEventId }).catch(() => undefined),
  );
  return { path, events, ...reader };
}

const gaps = (): Promise<number> => webserver.metric('windhover_web_gaps_total');

function assertWhole({ path, events }: Heard, lines: number): void {
  assert.equal(events.at(-1)?.event, 'end', path);
  if (path.startsWith('/executions')) {
    const followed = new FollowedExecution();
    for (const event of events) followed.take(event);
    assert.equal(followed.execution?.state.current, 'SUCCESS', path);
    return;
  }
  const heard = linesIn(events);
  assert.deepEqual([heard.length, new Set(heard).size], [lines, lines], path);
}

test(`${READERS} readers, of whom ${SLOW} stop reading: all of them have everything once, in bounded memory`, async () => {
  // A process that has never served anybody grows with the first one, so it has had some.
  const warm = async () => {
    const earlier = await start('loud');
    const warming = await Promise.all(Array.from({ length: 10 }, () => reads(`/logs/${earlier}/follow`)));
    await Promise.all(warming.map(({ ended }) => ended));
  };
  const slow: Heard[] = [];
  let others: Heard[] = [];
  const grown = await growth(webserver, warm, async () => {
    const gapsBefore = await gaps();
    const loud = await start('loud');
    const quiet = await Promise.all(Array.from({ length: QUIET_FLOWS }, () => start('quiet')));
    for (let n = 0; n < SLOW; n++) {
      const reader = await reads(`/logs/${loud}/follow`);
      // At once: what has read for a while is given more by the system before it is held back.
      reader.pause();
      slow.push(reader);
    }
    for (let from = 0; from < READERS - SLOW; from += CONNECTING) {
      const some = Array.from({ length: Math.min(CONNECTING, READERS - SLOW - from) }, (_, n) =>
        reads(`/${n % 2 ? 'logs' : 'executions'}/${quiet[(n >> 1) % quiet.length]}/follow`),
      );
      others = [...others, ...(await Promise.all(some))];
    }
    await eventually(async () => (await gaps()) === gapsBefore + SLOW, GAP_MS);
    for (const reader of slow) reader.resume();
    await Promise.all([...slow, ...others].map(({ ended }) => ended));
  });
  for (const reader of others) assertWhole(reader, QUIET.lines);
  const resumed = slow.map(async (reader) => {
    assert.equal(reader.events.pop()?.event, 'gap');
    const before = linesIn(reader.events).length;
    assert.ok(before < LOUD.lines, `${before} lines before the gap`);
    const again = await reads(reader.path, reader.events);
    await again.ended;
    return again;
  });
  for (const reader of await Promise.all(resumed)) assertWhole(reader, LOUD.lines);
  assert.ok(grown < GROWTH_BYTES_MAX, `expected a growth below ${GROWTH_BYTES_MAX} bytes, got ${grown}`);
});
