/** What feeds and log streams are read with, for all who follow: one loop each, which rests when nobody does and owns up to gaps. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mock, test } from 'node:test';
import type { Context } from 'koa';
import type { Bus } from '../../lib/bus/bus.ts';
import { Fault } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import { executionPartition } from '../../lib/model/partition.ts';
import { NO_VERSION } from '../../lib/model/version.ts';
import { Ending } from '../../web/server/live/ending.ts';
import type { Executions, Snapshot } from '../../web/server/live/executions.ts';
import { FeedHub } from '../../web/server/live/feed-hub.ts';
import { LineHub } from '../../web/server/live/line-hub.ts';
import { BEAT_MS, EventStream } from '../../web/server/sse.ts';
import { eventually } from '../support/eventually.ts';

const HOUR_MS = 60 * 60_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A bus whose reads answer at once, as `answer` says, and are counted. */
function aBus(answer: () => unknown): { readonly bus: Bus; readonly reads: () => number } {
  let reads = 0;
  const read = async () => {
    reads++;
    await turn();
    return answer();
  };
  const newest = async (partitions: readonly string[]) =>
    new Map(partitions.map((partition) => [partition, NO_VERSION]));
  const bus = { partitions: 4, feeds: { read, newest }, lines: { read } } as unknown as Bus;
  return { bus, reads: () => reads };
}

test('resting when nobody has watched for a while, and beginning again for the next', async (context) => {
  const { bus, reads } = aBus(() => new Map());
  const hub = new FeedHub(bus, silentLog);
  const watcher = { onEvent: () => {}, onGap: () => {} };
  const forget = await hub.watch('x:0', 'e', watcher);
  await eventually(() => reads() > 3);
  forget();
  const now = performance.now.bind(performance);
  context.mock.method(performance, 'now', () => now() + HOUR_MS);
  const resting = await eventually(async () => {
    const before = reads();
    for (let n = 0; n < 20; n++) await turn();
    return reads() === before && before;
  });
  (await hub.watch('x:1', 'e', watcher))();
  await eventually(() => reads() > resting);
  await hub.close();
});

test('telling watchers that they may have missed something once Redis is back', async () => {
  let away = true;
  const { bus } = aBus(() => {
    if (away) throw new Fault('bus.unavailable', 'expected Redis, got none');
    return new Map();
  });
  const hub = new FeedHub(bus, silentLog);
  let gaps = 0;
  await hub.watch('x:0', 'e', { onEvent: () => {}, onGap: () => gaps++ });
  await eventually(() => gaps > 0);
  away = false;
  await hub.close();
});

test('telling followers of a log the same, and giving them their own lines alone', async () => {
  let answers = 0;
  const line = (executionId: string) => ({ id: `${executionId}/t/1/k/1`, executionId }) as LogLine;
  const partition = executionPartition('mine', 4);
  const { bus } = aBus(() => {
    if (answers++ === 0) throw new Fault('bus.unavailable', 'expected Redis, got none');
    const batches = ['mine', 'other'].map((executionId) => ({ id: '1-0', executionId, lines: [line(executionId)] }));
    return { batches: new Map(answers === 2 ? [[partition, batches]] : []), cursors: new Map([[partition, '1-0']]) };
  });
  const hub = new LineHub(bus, silentLog);
  const heard: string[] = [];
  const forget = hub.listen('mine', {
    onLines: (lines) => heard.push(...lines.map(({ executionId }) => executionId)),
    onGap: () => heard.push('gap'),
  });
  await eventually(() => heard.length > 1);
  forget();
  await hub.close();
  assert.deepEqual(heard, ['mine', 'gap']);
});

/** A response that keeps what is written. */
class Response extends EventEmitter {
  closed = false;
  writableNeedDrain = false;
  text = '';
  setHeaders(): void {}
  writeHead(): void {}
  write(text: string): void {
    this.text += text;
  }
  end(): void {
    this.closed = true;
    this.emit('close');
  }
}

test('closing a stream with the beat that finds its credentials ended, and no other', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    let allowed = true;
    const res = new Response();
    const context = { res, method: 'GET', req: { socket: { setNoDelay: () => {} } } } as unknown as Context;
    const stream = new EventStream(context, async () => allowed);
    mock.timers.tick(BEAT_MS);
    await turn();
    assert.equal(res.text, ': windhover\n\n:\n\n');
    assert.ok(!stream.signal.aborted);
    allowed = false;
    mock.timers.tick(BEAT_MS);
    await turn();
    assert.ok(stream.signal.aborted && res.closed);
    mock.timers.tick(10 * BEAT_MS);
    await turn();
    assert.equal(res.text, ': windhover\n\n:\n\n');
  } finally {
    mock.timers.reset();
  }
});

test('waiting for no end for whoever has gone before the wait began', async () => {
  const { bus } = aBus(() => new Map());
  const hub = new FeedHub(bus, silentLog);
  const running = { start: {}, head: { history: [['RUNNING', 0]] } } as unknown as Snapshot;
  const executions = { brief: async () => running } as unknown as Executions;
  const ending = await Ending.watch({ hub, executions, partitions: 4 }, 'e');
  assert.equal(await ending.come({ signal: AbortSignal.abort() }), running);
  ending.close();
  await hub.close();
});

test('looking for an end only when a head may tell of one', async () => {
  let [looks, say] = [0, (_: string) => {}];
  const watch: FeedHub['watch'] = async (_, __, { onEvent }) => {
    say = (event) => onEvent(NO_VERSION, event);
    return () => {};
  };
  const ended = { start: {}, head: { history: [['SUCCESS', 0]] } } as unknown as Snapshot;
  const brief = async () => {
    looks++;
    return ended;
  };
  const hub = { watch } as unknown as FeedHub;
  const ending = await Ending.watch({ hub, executions: { brief } as unknown as Executions, partitions: 4 }, 'e');
  const end = ending.come({});
  for (const event of ['start head t:a +', 't:a t:head']) say(event);
  await turn();
  assert.equal(looks, 0);
  say('head t:a');
  assert.equal(await end, ended);
  ending.close();
});
