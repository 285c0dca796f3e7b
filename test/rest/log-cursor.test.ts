/** Where a reader of a log is: no line twice and none missing, whatever order they come in and wherever the stream breaks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, TaskRun } from '../../lib/model/execution.ts';
import { versionOf } from '../../lib/model/version.ts';
import { LogCursor } from '../../web/server/live/log-cursor.ts';
import { Ranges } from '../../web/server/live/ranges.ts';
import { Dice } from '../simulation/random.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const WORLDS = 200;

interface Line {
  readonly id: string;
  readonly taskRunId?: string;
}
type Known = Pick<TaskRun, 'id' | 'index' | 'attempts' | 'history'>;

const aLine = (taskRunId: string, attempt: number, number: number, token = 't1'): Line => ({
  id: `x/${taskRunId}/${attempt}/${token}/${number}`,
  taskRunId,
});
const anEngineLine = (commit: number, number: number): Line => ({ id: `x/engine/${versionOf(7, commit)}/${number}` });
const ended = (lines?: number): Attempt => ({ history: [['SUCCESS', 1]], ...(lines ? { lines } : {}) });
const running: Attempt = { history: [['RUNNING', 1]] };
const aTaskRun = (index: number, attempts: readonly Attempt[], state: 'RUNNING' | 'SUCCESS' | 'KILLED'): Known => ({
  id: `r${index}`,
  index,
  attempts,
  history: [[state, 1]],
});

test('joining neighbours into ranges, in any order', () => {
  const ranges = new Ranges();
  for (const number of [5, 1, 2, 9, 0, 4, 3, 9]) ranges.add(number);
  assert.deepEqual(ranges.all, [
    [0, 5],
    [9, 9],
  ]);
  assert.deepEqual(
    [0, 5, 6, 8, 9, 10].map((number) => ranges.has(number)),
    [true, true, false, false, true, false],
  );
});

test('telling what is new from what was sent, what is missing before it, and what is not known yet', () => {
  const cursor = new LogCursor();
  assert.equal(cursor.judge(aLine('r0', 1, 1)), 'early');
  cursor.know(aTaskRun(0, [running], 'RUNNING'));
  assert.equal(cursor.judge(aLine('r0', 1, 1)), 'new');
  assert.ok(cursor.take(aLine('r0', 1, 1)));
  assert.equal(cursor.judge(aLine('r0', 1, 1)), 'sent');
  assert.equal(cursor.judge(aLine('r0', 1, 3)), 'hole');
  assert.equal(cursor.judge(aLine('r0', 1, 1, 't2')), 'new', 'another claim counts from 1 again');
});

test('waiting for the lines that an attempt says it has written', () => {
  const cursor = new LogCursor();
  cursor.know(aTaskRun(0, [ended(2)], 'SUCCESS'));
  assert.ok(cursor.lacking);
  cursor.take(aLine('r0', 1, 1));
  assert.ok(cursor.lacking);
  cursor.take(aLine('r0', 1, 2));
  assert.ok(!cursor.lacking);
});

test('going on behind what an attempt had said before the stream broke, also when it has ended since', () => {
  const first = new LogCursor();
  first.know(aTaskRun(0, [running], 'RUNNING'));
  for (const number of [1, 2]) first.take(aLine('r0', 1, number));
  const second = new LogCursor(first.text());
  second.know(aTaskRun(0, [ended(2)], 'SUCCESS'));
  assert.ok(!second.lacking);
  assert.equal(second.judge(aLine('r0', 1, 2)), 'sent');
  const third = new LogCursor(second.text());
  third.know(aTaskRun(0, [ended(2), running], 'RUNNING'));
  assert.equal(third.judge(aLine('r0', 1, 2)), 'sent');
  assert.equal(third.judge(aLine('r0', 2, 1)), 'new', 'a restart writes a second attempt');
});

test('staying short while ten thousand task runs end one after the other', () => {
  const cursor = new LogCursor();
  cursor.settle();
  for (let n = 0; n < 10_000; n++) {
    cursor.know(aTaskRun(n, [running], 'RUNNING'));
    cursor.take(aLine(`r${n}`, 1, 1));
    if (n >= 4) cursor.know(aTaskRun(n - 4, [ended(1)], 'SUCCESS'));
  }
  assert.ok(cursor.text().length < 100, cursor.text());
});

test('staying within a header when thousands talk at once, and giving the latest rather than none', () => {
  const cursor = new LogCursor();
  for (let n = 0; n < 5_000; n++) {
    cursor.know(aTaskRun(n, [running], 'RUNNING'));
    cursor.take(aLine(`r${n}`, 1, 1));
  }
  assert.ok(cursor.text().length < 8_000);
  const next = new LogCursor(cursor.text());
  next.know(aTaskRun(4_999, [running], 'RUNNING'));
  next.know(aTaskRun(0, [running], 'RUNNING'));
  assert.deepEqual([next.judge(aLine('r4999', 1, 1)), next.judge(aLine('r0', 1, 1))], ['sent', 'new']);
});

test('beginning at the beginning with any id that is no cursor', () => {
  for (const text of [
    '',
    'start',
    'progress',
    'end',
    'garbage',
    '1',
    '1...0-zz;',
    '2.0-1-aaaaa-9..',
    '1.-..',
    '1...0-5,X',
    'zzzzzzzz.aaaaaa5',
    '\u0000',
  ]) {
    const cursor = new LogCursor(text);
    cursor.know(aTaskRun(0, [running], 'RUNNING'));
    assert.equal(cursor.judge(aLine('r0', 1, 1)), 'new', JSON.stringify(text));
  }
});

test(`sending each line of ${WORLDS} logs once over streams that break anywhere (SEED=${SEED})`, () => {
  for (let world = 0; world < WORLDS; world++) {
    const dice = new Dice(SEED + world);
    const { lines, ends } = aWorld(dice);
    const sent = new Map<string, number>();
    let [text, published] = ['', 0];
    for (let streams = 0; ; streams++) {
      assert.ok(streams < 10_000, `SEED=${SEED}, world ${world}: the streams come to an end`);
      const whole = published === lines.length && dice.below(4) === 0;
      const cursor = new LogCursor(text);
      // What has ended is known by what was published: its lines came before its end, or come soon.
      for (const taskRun of ends(published)) cursor.know(taskRun);
      const there = shuffledByWriter(lines.slice(0, published), dice);
      let breaks = whole ? Number.POSITIVE_INFINITY : dice.below(8);
      const give = (line: Line): boolean => {
        if (breaks-- <= 0) return false;
        if (!cursor.take(line)) return true;
        sent.set(line.id, (sent.get(line.id) ?? 0) + 1);
        text = cursor.text();
        return true;
      };
      if (!there.every(give)) {
        published = Math.min(lines.length, published + dice.below(6));
        continue;
      }
      cursor.settle();
      for (; published < lines.length && give(lines[published]!); ) {
        published++;
        for (const taskRun of ends(published)) cursor.know(taskRun);
      }
      if (!whole) continue;
      assert.ok(!cursor.lacking, `SEED=${SEED}, world ${world}: nothing is waited for`);
      break;
    }
    const wrong = lines.filter(({ id }) => sent.get(id) !== 1).map(({ id }) => `${id} × ${sent.get(id) ?? 0}`);
    assert.deepEqual(wrong, [], `SEED=${SEED}, world ${world}`);
  }
});

/** Lines of some task runs as they are appended, and which attempts have ended once so many are. */
function aWorld(dice: Dice): {
  readonly lines: readonly Line[];
  readonly ends: (published: number) => readonly Known[];
} {
  const taskRuns = Array.from({ length: 1 + dice.below(12) }, () =>
    Array.from({ length: 1 + dice.below(3) }, () => dice.below(5)),
  );
  const queues = taskRuns.map((attempts, index) =>
    attempts.flatMap((count, n) => Array.from({ length: count }, (_, number) => aLine(`r${index}`, n + 1, number + 1))),
  );
  const lines: Line[] = [];
  let engine = 0;
  while (queues.some((queue) => queue.length > 0)) {
    const queue = queues[dice.below(queues.length)]!;
    if (dice.below(20) === 0) lines.push(anEngineLine(engine++, dice.below(3)));
    else if (queue.length > 0) lines.push(queue.shift()!);
  }
  const placeOf = new Map(lines.map(({ id }, n) => [id, n]));
  const ends = (published: number): readonly Known[] =>
    taskRuns.map((attempts, index) => {
      const over = (n: number): boolean =>
        Array.from({ length: attempts[n]! }, (_, number) => aLine(`r${index}`, n + 1, number + 1)).every(
          ({ id }) => placeOf.get(id)! < published,
        );
      const begun: Attempt[] = [];
      for (const [n, count] of attempts.entries()) {
        begun.push(over(n) ? ended(count) : running);
        if (!over(n)) break;
      }
      const done =
        begun.length === attempts.length && begun.every(({ lines: _, history }) => history[0]![0] === 'SUCCESS');
      return aTaskRun(index, begun, done ? 'SUCCESS' : 'RUNNING');
    });
  return { lines, ends };
}

/** As a repository gives them: each writer's in order, writers among each other in any. */
function shuffledByWriter(lines: readonly Line[], dice: Dice): readonly Line[] {
  const queues = [...Map.groupBy(lines, ({ id }) => id.slice(0, id.lastIndexOf('/'))).values()].map((some) => [
    ...some,
  ]);
  const engines = queues.filter(([line]) => line!.id.includes('/engine/')).flat();
  const others = queues.filter(([line]) => !line!.id.includes('/engine/'));
  if (engines.length > 0) others.push(engines);
  const shuffled: Line[] = [];
  while (others.some((queue) => queue.length > 0)) {
    const queue = others[dice.below(others.length)]!;
    if (queue.length > 0) shuffled.push(queue.shift()!);
  }
  return shuffled;
}
