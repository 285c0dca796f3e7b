/** What must hold of flows of every shape, at every moment: kills end everything, owners may change, pauses change nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../support/engine.ts';
import { playOut, SHAPES, type Shape } from '../support/engine-shapes.ts';

/** Moments of a flow that are tried: all, or so many spread over its life. */
const MOMENTS_MAX = 60;

const begun = ({ source, needs, script, inputs }: Shape, forgetful = false): { engine: Engine; id: string } => {
  const engine = new Engine([source, ...needs], { script, forgetful });
  return { engine, id: engine.start({ inputs }) };
};

/** Events until its end, pauses resumed. */
function lengthOf(shape: Shape): number {
  const { engine } = begun(shape);
  let events = 0;
  for (; !engine.ids.every((each) => engine.isOver(each)); events++) advance(engine);
  return events;
}

/** One event, or a resumed pause where nothing happens by itself. */
function advance(engine: Engine): void {
  if (!engine.isQuiet) return void engine.play({ events: 1 });
  const still = engine.ids.find((id) => engine.state(id) === 'PAUSED');
  assert.ok(still !== undefined, `nothing happens any more: ${engine.ids.map(engine.list)}`);
  engine.order(still, 'resume');
}

function* momentsOf(shape: Shape): Iterable<number> {
  const length = lengthOf(shape);
  const step = Math.max(1, length / MOMENTS_MAX);
  for (let at = 0; at <= length; at += step) yield Math.floor(at);
}

function at(shape: Shape, moment: number, forgetful = false): { engine: Engine; id: string } {
  const world = begun(shape, forgetful);
  for (let n = 0; n < moment && !world.engine.ids.every((each) => world.engine.isOver(each)); n++)
    advance(world.engine);
  return world;
}

const endOf = (engine: Engine): readonly (readonly string[])[] =>
  engine.ids.map((id) => [engine.state(id), ...engine.list(id).toSorted()]);

for (const shape of SHAPES) {
  test(`killing at every moment: ${shape.name}`, () => {
    for (const moment of momentsOf(shape)) {
      const { engine, id } = at(shape, moment);
      const wasOver = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED'].includes(engine.state(id));
      const before = engine.state(id);
      if (!engine.isOver(id)) engine.order(id, 'kill');
      playOut(engine);
      const place = `moment ${moment}: ${JSON.stringify(endOf(engine))}`;
      assert.equal(engine.state(id), wasOver ? before : 'KILLED', place);
      assert.ok(
        engine.ids.every((each) => engine.isOver(each)),
        place,
      );
      assert.ok(engine.isQuiet, place);
    }
  });

  test(`coming to the same end where each step has another owner: ${shape.name}`, () => {
    const [steady, changing] = [begun(shape).engine, begun(shape, true).engine];
    for (const engine of [steady, changing]) playOut(engine);
    assert.ok(steady.ids.every((each) => steady.isOver(each)));
    assert.deepEqual(endOf(changing), endOf(steady));
  });

  test(`coming to the same end after a pause of the whole at every moment: ${shape.name}`, () => {
    const { engine: quiet, id: quietId } = begun(shape);
    playOut(quiet);
    for (const moment of momentsOf(shape)) {
      const { engine, id } = at(shape, moment);
      if (['RUNNING', 'PAUSED'].includes(engine.state(id))) {
        engine.order(id, 'pause');
        engine.play({ untilMs: engine.nowMs });
        if (!engine.isOver(id)) engine.order(id, 'resume', { taskRunId: '' });
      }
      playOut(engine);
      if (shape.shifting) assert.equal(engine.state(id), quiet.state(quietId));
      else assert.deepEqual(endOf(engine), endOf(quiet), `moment ${moment}`);
    }
  });
}
