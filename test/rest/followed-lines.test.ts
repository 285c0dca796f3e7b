/** Lines on their way to one reader, when what the stream brings is not all that there is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRun } from '../../lib/model/execution.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import { FollowedLines } from '../../web/server/live/followed-lines.ts';
import { LogCursor } from '../../web/server/live/log-cursor.ts';
import type { EventStream, SseEvent } from '../../web/server/sse.ts';
import { eventually } from '../support/eventually.ts';

const MORE_THAN_IS_KEPT = 25_000;

const aLine = (number: number, taskRunId = 'r0'): LogLine => ({
  id: `x/${taskRunId}/1/k/${number}`,
  executionId: 'x',
  namespace: 'n',
  flowId: 'f',
  taskRunId,
  attempt: 1,
  level: 'INFO',
  atMs: 1_000 + number,
  message: `${number}`,
});
const aTaskRun = (lines?: number): TaskRun => ({
  id: 'r0',
  taskId: 't',
  index: 0,
  list: 'tasks',
  history: [[lines === undefined ? 'RUNNING' : 'SUCCESS', 1]],
  attempts: [{ history: [[lines === undefined ? 'RUNNING' : 'SUCCESS', 1]], ...(lines ? { lines } : {}) }],
});

/** A reader, and what has been kept of the log so far: `kept` may be changed. */
function aReader(kept: LogLine[]) {
  const heard: string[] = [];
  const cursor = new LogCursor();
  const lines = new FollowedLines(cursor, () => {});
  const stream = {
    signal: new AbortController().signal,
    send: (events: readonly SseEvent[]) =>
      heard.push(...events.map(({ data }) => (JSON.parse(data) as LogLine).message)),
    drained: async () => {},
  } as unknown as EventStream;
  let reads = 0;
  const pages = async function* () {
    reads++;
    yield { lines: [...kept], held: [] };
  };
  const send = () => lines.send(pages, { stream, resume: true, passes: () => true });
  return { heard, cursor, lines, send, reads: () => reads };
}

test('reading what is kept first, and what comes by the stream once', async () => {
  const reader = aReader([aLine(1), aLine(2)]);
  reader.cursor.know(aTaskRun());
  reader.lines.onLines([aLine(2), aLine(3)]);
  await reader.send();
  reader.lines.onLines([aLine(3), aLine(4)]);
  await reader.send();
  assert.deepEqual([reader.heard, reader.reads()], [['1', '2', '3', '4'], 1]);
});

test('reading again where a line is missing before another, and sending them in their order', async () => {
  const kept: LogLine[] = [];
  const reader = aReader(kept);
  reader.cursor.know(aTaskRun());
  await reader.send();
  kept.push(aLine(2), aLine(1), aLine(3));
  reader.lines.onLines([aLine(3)]);
  await reader.send();
  assert.ok(reader.lines.hasMissed);
  await reader.send();
  assert.deepEqual(reader.heard, ['1', '2', '3']);
  assert.ok(!reader.lines.hasMissed);
});

test('going on behind lines that are nowhere', async () => {
  const reader = aReader([aLine(1), aLine(4)]);
  reader.cursor.know(aTaskRun());
  await reader.send();
  reader.lines.onLines([aLine(5)]);
  await reader.send();
  assert.deepEqual([reader.heard, reader.lines.hasMissed], [['1', '4', '5'], false]);
});

test('keeping only so much of what a reader has not taken, and reading the rest from where it is kept', async () => {
  const kept: LogLine[] = [];
  const reader = aReader(kept);
  reader.cursor.know(aTaskRun());
  await reader.send();
  for (let n = 1; n <= MORE_THAN_IS_KEPT; n++) {
    kept.push(aLine(n));
    reader.lines.onLines([aLine(n)]);
  }
  await reader.send();
  await reader.send();
  assert.deepEqual([reader.heard.length, new Set(reader.heard).size], [MORE_THAN_IS_KEPT, MORE_THAN_IS_KEPT]);
  assert.equal(reader.reads(), 2);
});

test('holding a line until its task run is known, and giving it in the end where it never is', async () => {
  const reader = aReader([]);
  await reader.send();
  reader.lines.onLines([aLine(1), aLine(1, 'stranger')]);
  await reader.send();
  assert.deepEqual([reader.heard, reader.lines.hasEarly], [[], true]);
  reader.cursor.know(aTaskRun());
  await reader.send();
  assert.deepEqual([reader.heard, reader.lines.hasEarly], [['1'], true]);
  await eventually(() => reader.lines.doubts());
  await reader.send();
  assert.deepEqual([reader.heard, reader.lines.hasEarly], [['1', '1'], false]);
});

test('being complete when all lines have come that an attempt says it has written', async () => {
  const reader = aReader([aLine(1)]);
  reader.cursor.know(aTaskRun(2));
  assert.ok(!reader.lines.areAll(true), 'nothing has been read yet');
  await reader.send();
  assert.deepEqual([reader.lines.areAll(false), reader.lines.areAll(true)], [false, true]);
  reader.lines.onLines([aLine(2)]);
  await reader.send();
  assert.ok(reader.lines.areAll(false));
});
