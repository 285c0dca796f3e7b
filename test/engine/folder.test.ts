/**
 * The flows of a folder, each to its end twice: by one owner, and by another one after every step. Every message comes twice.
 * `FLOWS_FOLDER=…` names another folder than that of the examples.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseFlow } from '../../lib/flow/parse.ts';
import { Engine } from '../support/engine.ts';
import { plugins } from '../support/task-outcomes.ts';

const FOLDER = process.env.FLOWS_FOLDER ?? fileURLToPath(new URL('../flows', import.meta.url));
const LONG_MS = 600_000;
const RESUMES = 5;

const sources = readdirSync(FOLDER)
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .filter((source) => parseFlow(source, plugins.catalogue, { tenant: 'main' }).flow);

/** Of all executions that came of one; undefined where the flow wants inputs. */
function endsOf(source: string, forgetful: boolean): readonly unknown[] | undefined {
  const others = sources.filter((other) => other !== source);
  const engine = new Engine([source, ...others], {
    forgetful,
    answer: () => ({ refused: 'nothing to be asked here' }),
  });
  const id = engine.begin();
  if (typeof id !== 'string') return undefined;
  engine.elapse(LONG_MS);
  for (let n = 0; n < RESUMES && !engine.isOver(id); n++) {
    if (engine.state(id) === 'PAUSED') engine.order(id, 'resume');
    engine.elapse(LONG_MS);
  }
  return engine.ids.map((each) => [engine.state(each), ...engine.list(each)]);
}

test('coming to the same ends whoever owns an execution, step by step', (t) => {
  let compared = 0;
  for (const source of sources) {
    const ends = endsOf(source, false);
    if (!ends) continue;
    compared++;
    assert.deepEqual(endsOf(source, true), ends, source);
  }
  t.diagnostic(`${compared} of ${sources.length} flows; the others want inputs`);
  assert.ok(compared > sources.length / 2, `${compared} of ${sources.length}`);
});
