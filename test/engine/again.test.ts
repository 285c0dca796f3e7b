/** Executions that are done again, of every shape: from every task run, after every kill, as if any task run had ended otherwise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TASK_RUN_STATES } from '../../lib/execution/again/change.ts';
import { replay } from '../../lib/execution/again/replay.ts';
import { isOver } from '../../lib/model/execution.ts';
import { derivedId } from '../../lib/model/ids.ts';
import { Engine } from '../support/engine.ts';
import { playOut, SHAPES, type Shape } from '../support/engine-shapes.ts';

interface Ended {
  readonly engine: Engine;
  readonly id: string;
  /** From now on every task works. */
  mend(): void;
}

function ended({ source, needs, script, inputs }: Shape, killedAfterMs = Number.POSITIVE_INFINITY): Ended {
  let given = script;
  const engine = new Engine([source, ...needs], {
    get script() {
      return given;
    },
  });
  const id = engine.start({ inputs });
  if (killedAfterMs < Number.POSITIVE_INFINITY) {
    engine.elapse(killedAfterMs);
    if (!engine.isOver(id)) engine.order(id, 'kill');
  }
  playOut(engine);
  return { engine, id, mend: () => void (given = {}) };
}

/** They end otherwise when a part is done again: by what has begun elsewhere meanwhile, by the time, or by how often they were tried. */
const OTHERWISE: ReadonlySet<string> = new Set([
  ...['a failing iteration', 'promises', 'made anew', 'simulated 5', 'listeners and updates', 'killed by itself'],
]);

const placeOf = (engine: Engine, id: string): string => `${engine.state(id)}: ${JSON.stringify(engine.list(id))}`;

/** However often what was tried. */
const endOf = (engine: Engine, id: string): readonly string[] =>
  [engine.state(id), ...engine.list(id).toSorted()].map((line) => line.replace(/ ×\d+$/, ''));

function assertAllOver(engine: Engine, what: string): void {
  for (const id of engine.ids) assert.ok(engine.isOver(id), `${what}: ${placeOf(engine, id)}`);
  assert.ok(engine.isQuiet, what);
}

/** Another execution from this one; undefined where there is none to be made. */
function replayed(engine: Engine, id: string, taskRunId: string | undefined): string | undefined {
  const change = replay(engine.run(id), {
    id: derivedId('replayed', id, taskRunId ?? ''),
    taskRunId,
    flow: engine.flowOf(id),
    revision: 1,
    principal: 'somebody',
    nowMs: engine.nowMs,
  });
  return typeof change === 'string' ? undefined : engine.launch(change, engine.flowOf(id));
}

for (const shape of SHAPES) {
  test(`replaying from every task run: ${shape.name}`, () => {
    const { engine, id } = ended(shape);
    for (const { id: taskRunId, taskId, value } of [...engine.run(id).taskRuns.values()]) {
      const what = `from ${taskId}[${value}]`;
      const again = replayed(engine, id, taskRunId);
      assert.ok(again !== undefined, what);
      playOut(engine);
      assertAllOver(engine, what);
      assert.equal(engine.run(again).start.parentId, id);
      if (!OTHERWISE.has(shape.name)) assert.deepEqual(endOf(engine, again), endOf(engine, id), what);
    }
  });

  test(`replaying from every task run, when all is mended: ${shape.name}`, () => {
    const { engine, id, mend } = ended(shape);
    mend();
    for (const { id: taskRunId, taskId, list } of [...engine.run(id).taskRuns.values()]) {
      if (list !== 'tasks') continue;
      const again = replayed(engine, id, taskRunId)!;
      playOut(engine);
      assertAllOver(engine, `from ${taskId}`);
      const state = engine.state(again);
      assert.ok(state !== 'RUNNING' && state !== 'RESTARTED', placeOf(engine, again));
    }
  });

  test(`restarting what has not ended well, before and after it is mended: ${shape.name}`, () => {
    const { engine, id, mend } = ended(shape);
    const before = engine.run(id).start.incarnation;
    const lasting = [...engine.run(id).taskRuns.values()].filter(({ history }) => history.at(-1)![0] === 'SUCCESS');
    engine.order(id, 'restart');
    playOut(engine);
    assertAllOver(engine, 'restarted');
    mend();
    engine.order(id, 'restart');
    playOut(engine);
    assertAllOver(engine, 'restarted when mended');
    const run = engine.run(id);
    if (run.start.incarnation < before + 2 || shape.name === 'promises' || run.head.ending) return;
    for (const { id: kept, attempts, list, taskId } of lasting) {
      if (list !== 'tasks' || engine.flowOf(id).taskOf.get(taskId)!.kind === 'flowable') continue;
      const now = run.taskRuns.get(kept);
      if (now) assert.deepEqual(now.attempts, attempts, `${taskId} was done again`);
    }
  });

  test(`restarting after a kill: ${shape.name}`, () => {
    for (const ms of [0, 1, 1_000, 2_500, 5_001, 9_000]) {
      const { engine, id, mend } = ended(shape, ms);
      if (engine.state(id) !== 'KILLED') continue;
      mend();
      engine.order(id, 'restart');
      playOut(engine);
      assertAllOver(engine, `killed after ${ms} ms`);
      assert.notEqual(engine.state(id), 'RUNNING');
    }
  });

  test(`saying that each task run has ended otherwise: ${shape.name}`, () => {
    const { engine: first, id: firstId } = ended(shape);
    const count = first.run(firstId).taskRuns.size;
    for (let n = 0; n < count; n++) {
      const { engine, id } = ended(shape);
      for (const state of TASK_RUN_STATES) {
        const taskRun = [...engine.run(id).taskRuns.values()][n];
        if (!taskRun) continue;
        engine.order(id, 'changeTaskRun', { taskRunId: taskRun.id, state });
        playOut(engine);
        assertAllOver(engine, `${taskRun.taskId} is ${state}`);
      }
      assert.ok(isOver(engine.run(id).head));
    }
  });
}
