/** What a worker does with more lines than it can pass on: the log says where some are missing, and how many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineSender } from '../actors/worker/sender.ts';
import type { Lined } from '../lib/bus/lines.ts';
import { silentLog } from '../lib/log.ts';
import type { LogLine } from '../lib/model/log-line.ts';
import { executionPartition } from '../lib/model/partition.ts';
import { eventually } from './support/eventually.ts';
import { aLine } from './support/rows.ts';

const P = executionPartition('loud', 1);
/** About what is kept: 16 MB. */
const KEPT_LINES = 1_600;
const PAD = '.'.repeat(10_000);

const numberOf = ({ id }: LogLine): number => Number(id.slice(id.lastIndexOf('/') + 1));
const isGap = ({ message }: LogLine): boolean => message.includes('missing here');

test('saying in the log of each attempt what was dropped, in its place, and going on', async () => {
  const sent: LogLine[] = [];
  let isOpen = false;
  const append = async (_: unknown, batches: readonly Lined[]) => {
    await eventually(() => isOpen);
    sent.push(...batches.flatMap(({ lines }) => lines));
  };
  const sender = lineSender({
    lines: { append } as never,
    log: silentLog,
    signal: new AbortController().signal,
  });
  const said = 2 * KEPT_LINES;
  for (let n = 0; n < said; n++) sender.send(P, aLine('loud', n, { message: PAD }));
  sender.send(P, aLine('quiet', 0, { message: 'hello' }));
  isOpen = true;
  await eventually(() => sender.waiting === 0);
  const loud = sent.filter(({ executionId }) => executionId === 'loud');
  const gap = loud.at(-1)!;
  assert.deepEqual(loud.filter(isGap), [gap]);
  // Before it stands each line, and after it nothing: what is missing begins with its own number.
  assert.deepEqual(
    loud.map(numberOf),
    Array.from(loud, (_, n) => n),
  );
  const missing = said - (loud.length - 1);
  assert.ok(missing > KEPT_LINES / 2 && missing < KEPT_LINES * 1.5, `${missing} are missing`);
  assert.deepEqual([gap.level, gap.message.startsWith(`${missing} lines are missing here`)], ['WARN', true]);
  const [quiet] = sent.filter(({ executionId }) => executionId === 'quiet');
  assert.match(quiet!.message, /^A line is missing here/);
  // There is room again.
  sender.send(P, aLine('loud', said, { message: 'the end' }));
  await eventually(() => sender.waiting === 0 && sent.at(-1)!.message === 'the end');
});
