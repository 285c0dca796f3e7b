/**
 * How late events reach the readers of one webserver, while some of them do not read, and what it takes for all of them:
 *
 *   node test/bench/readers.ts [--readers 1000] [--slow 20] [--seconds 20] [--profile DIR]
 *
 * Half of the readers follow logs, half executions, of `--flows` executions that say a line each half second; the slow ones follow the
 * log of one that says 1 MB a second, and read nothing. A log's latency is from when a line is said to when a reader has it; the
 * client runs on the same machine. Memory is what is held beyond that for ten readers,
 * the most of each. Prints JSON.
 */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FollowedExecution } from '../../web/api/following.ts';
import type { ServerEvent } from '../../web/cli/sse.ts';
import type { Api } from '../support/api.ts';
import { aFlow, NAMESPACE } from '../support/flow-source.ts';
import { growth } from '../support/memory.ts';
import { startRedis } from '../support/redis.ts';
import { anInstallation, type ServerProcess } from '../support/server.ts';
import { openReader, type SseReader } from '../support/sse-reader.ts';
import { cpuSeconds, quantile, rounded } from './machine.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
const PAUSE_MS = 500;
const CONNECTING = 50;
const LOUD = { atOnce: 5, pauseMs: 80, pad: 16_000 };
const WARMING = 10;
const MB = 1024 * 1024;

const { values: options } = parseArgs({
  options: {
    readers: { type: 'string', default: '1000' },
    slow: { type: 'string', default: '20' },
    flows: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    profile: { type: 'string' },
  },
});
const [readers, slow, flows, seconds] = [options.readers, options.slow, options.flows, options.seconds].map(Number) as [
  number,
  number,
  number,
  number,
];

const redis = await startRedis();
const installation = anInstallation({ redisUrl: redis.url, env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
try {
  for (const name of ['executor', 'indexer']) await installation.start(name);
  await installation.start('worker', ['--threads', String(flows + 1)]);
  const profile = options.profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profile}` } : {};
  const webserver = await installation.start('webserver', [], profile as Record<string, string>);
  console.log(JSON.stringify(await measure(webserver)));
  if (options.profile) await webserver.kill('SIGTERM');
} finally {
  await installation.remove();
  await redis.stop();
}

async function measure(webserver: ServerProcess): Promise<Record<string, number>> {
  const api = installation.api();
  const talk = { id: 'talk', type: 'test.Talk' };
  const lines = Math.ceil((1_000 * seconds) / PAUSE_MS);
  await api.save(aFlow('quiet', [{ ...talk, lines, atOnce: 1, pauseMs: PAUSE_MS }]));
  await api.save(
    aFlow('loud', [{ ...talk, lines: Math.ceil((seconds * 1_000 * LOUD.atOnce) / LOUD.pauseMs), ...LOUD }]),
  );
  let cpuBefore = 0;
  let read: Read | undefined;
  const grown = await growth(
    webserver,
    () => warm(api),
    async () => {
      cpuBefore = cpuSeconds(webserver.pid);
      const loud = await api.start(`${NAMESPACE}/loud`);
      const quiet = await Promise.all(Array.from({ length: flows }, () => api.start(`${NAMESPACE}/quiet`)));
      const ids = quiet.map(({ id }) => id);
      read = await readAll(api, loud.id, ids);
    },
  );
  const { heard, connectedMs } = read!;
  return {
    readers,
    slow,
    events: heard.length,
    connectedMs: Math.round(connectedMs),
    latencyMsP50: rounded(quantile(heard, 0.5)),
    latencyMsP99: rounded(quantile(heard, 0.99)),
    latencyMsMost: rounded(Math.max(...heard)),
    growthMB: rounded(grown / MB),
    webserverCpuSeconds: rounded(cpuSeconds(webserver.pid) - cpuBefore),
    gaps: await webserver.metric('windhover_web_gaps_total'),
  };
}

interface Read {
  /** Latencies, ms. */
  readonly heard: number[];
  readonly connectedMs: number;
}

async function readAll(api: Api, loud: string, quiet: readonly string[]): Promise<Read> {
  const open: SseReader[] = [];
  for (let n = 0; n < slow; n++) {
    const reader = await openReader(api, `/logs/${loud}/follow?resume=true`, { onEvent: () => {} });
    reader.pause();
    open.push(reader);
  }
  const heard: number[] = [];
  const ended: Promise<void>[] = [];
  let counted = false;
  const connectFromMs = performance.now();
  for (let from = slow; from < readers; from += CONNECTING) {
    const some = Array.from({ length: Math.min(CONNECTING, readers - from) }, async (_, n) => {
      const id = quiet[(from + n) % quiet.length]!;
      const ofLog = n % 2 === 0;
      const onEvent = ofLog ? onLine(heard, () => counted) : onState(heard, () => counted);
      const reader = await openReader(api, `/${ofLog ? 'logs' : 'executions'}/${id}/follow?resume=true`, { onEvent });
      ended.push(reader.ended);
    });
    await Promise.all(some);
  }
  const connectedMs = performance.now() - connectFromMs;
  counted = true;
  await Promise.all(ended);
  for (const reader of open) reader.leave();
  return { heard, connectedMs };
}

/** A few readers first: a process that has never served anybody grows with the first one. */
async function warm(api: Api): Promise<void> {
  const { id } = await api.start(`${NAMESPACE}/loud`);
  const heard = Array.from({ length: WARMING }, async () => {
    const reader = await openReader(api, `/logs/${id}/follow?resume=true`, { onEvent: () => {} });
    await reader.ended;
  });
  await Promise.all(heard);
}

function onLine(heard: number[], counts: () => boolean): (event: ServerEvent) => void {
  return ({ event, data }) => {
    if (event !== 'progress' || !counts()) return;
    heard.push(Date.now() - Date.parse((JSON.parse(data) as { timestamp: string }).timestamp));
  };
}

/** From the last change of a state that is told. */
function onState(heard: number[], counts: () => boolean): (event: ServerEvent) => void {
  const followed = new FollowedExecution();
  return (event) => {
    followed.take(event);
    const runs = followed.execution?.taskRunList ?? [];
    if (event.event !== 'change' || !counts()) return;
    const last = Math.max(...runs.map(({ state }) => Date.parse(state.histories.at(-1)!.date)));
    heard.push(Date.now() - last);
  };
}
