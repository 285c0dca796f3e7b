/** A claimed attempt that its worker gives back, as the pure step sees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChange, type Run } from '../lib/execution/run.ts';
import { step } from '../lib/execution/step.ts';
import { parseFlow } from '../lib/flow/parse.ts';
import { parseAttemptRef } from '../lib/model/execution.ts';
import type { Message } from '../lib/model/message.ts';
import { stateOf } from '../lib/model/state.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';
import { aKill, aStart } from './support/bus-parts.ts';

const SOURCE = `
id: flow
namespace: tests
tasks:
  - { id: only, type: io.kestra.plugin.core.flow.Sleep, duration: PT60S }
`;
const { catalogue } = await loadPlugins(BUILT_IN);
const { flow } = parseFlow(SOURCE, catalogue, { tenant: 'main' });

type Place = ReturnType<typeof parseAttemptRef> & { readonly delivery: string };

/** What was delivered, and the states of execution and task run, after these messages about its only attempt. */
function after(...messages: ((place: Place) => Message)[]): {
  readonly delivered: string[];
  readonly states: string[];
} {
  const places: Place[] = [];
  let run: Run | undefined;
  const take = (message: Message): void => {
    const taken = step(run, message, { nowMs: 1, epoch: 7, flow: flow! });
    if (taken.kind !== 'changed') return;
    run = applyChange(run, taken.change);
    for (const effect of taken.effects)
      if (effect.kind === 'runTask')
        places.push({ ...parseAttemptRef(effect.item.ref), delivery: effect.item.delivery });
  };
  take(aStart('x', 1));
  for (const message of messages) take(message(places.at(-1)!));
  return {
    delivered: places.map(({ delivery }) => delivery),
    states: [run!.head, ...run!.taskRuns.values()].map(({ history }) => stateOf(history)),
  };
}

const started = (place: Place): Message => ({
  ...place,
  v: 1,
  kind: 'taskStarted',
  atMs: 1,
  token: 't',
  workerId: 'w',
});
const handedBack = (place: Place): Message => ({ ...place, v: 1, kind: 'reoffer', atMs: 1 });
const killed = (): Message => aKill('x', 1);

test('handing out again what a worker has given back', () => {
  assert.deepEqual(after(started, handedBack).delivered, ['7.1', '7.2']);
});

test('ending what a worker has given back while it was being killed', () => {
  assert.deepEqual(after(started, killed, handedBack), { delivered: ['7.1'], states: ['KILLED', 'KILLED'] });
});
