/**
 * The protocol in virtual time: worlds in which messages are lost, doubled, delayed, Redis is rolled back, scripts are sent
 * again and owners wake up late. A seed that fails is printed: `SIMULATION_SEED=… node --test test/simulation`.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { loadPlugins } from '../../lib/plugin/load.ts';
import { type Faults, KILLED, WORLDS } from './faults.ts';
import { World } from './world.ts';

const FIXED_SEEDS = Array.from({ length: Number(process.env.SIMULATION_SEEDS ?? 6) }, (_, n) => n + 1);
const given = process.env.SIMULATION_SEED;
const only = process.env.SIMULATION_WORLD;
const isWanted = ({ name }: Faults): boolean => !only || name === only;
const seeds = given ? [Number(given)] : [...FIXED_SEEDS, randomInt(2 ** 31), randomInt(2 ** 31)];

const { catalogue } = await loadPlugins(['@windhover/plugin-core']);

async function outcomeOf(seed: number, faults?: Faults): Promise<Record<string, unknown>> {
  const world = new World(seed, catalogue, faults);
  await world.run();
  const broken = [...world.observer.broken].map(([property, detail]) => `${property}: ${detail}`);
  assert.deepEqual(broken, [], `world "${faults?.name ?? 'quiet'}", seed ${seed}`);
  return world.observer.outcome();
}

const countsOf = (states: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(states, (state) => state)].sort().map(([state, all]) => [state, all.length]));

test('running a quiet world to its end', async () => {
  const outcome = await outcomeOf(1);
  const states = Object.values(outcome).map((execution) => (execution as { state: string }).state);
  assert.deepEqual(countsOf(states), { FAILED: 5, RETRIED: 3, SUCCESS: 5, WARNING: 4 });
});

for (const faults of WORLDS.filter(isWanted))
  test(`coming to the same end in a world of ${faults.name}`, async (context) => {
    context.diagnostic(`seeds ${seeds.join(' ')}`);
    const quiet = await outcomeOf(1);
    for (const seed of seeds)
      assert.deepEqual(await outcomeOf(seed, faults), quiet, `world "${faults.name}", seed ${seed}`);
  });

for (const faults of KILLED.filter(isWanted))
  test(`keeping every property in a world of ${faults.name}`, async (context) => {
    context.diagnostic(`seeds ${seeds.join(' ')}`);
    for (const seed of seeds) await outcomeOf(seed, faults);
  });
