/** Flows in a few words, and what became of an execution of one. */
import assert from 'node:assert/strict';
import { type State, sinceOf } from '../../lib/model/state.ts';
import { Engine, type EngineOptions } from './engine.ts';

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  debug: ['Return'],
  log: ['Log'],
  output: ['OutputValues'],
  execution: ['Fail', 'Exit', 'Assert', 'Labels', 'SetVariables', 'UnsetVariables'],
  flow: [
    ...['Sequential', 'Parallel', 'Dag', 'If', 'Switch', 'ForEach', 'EachSequential', 'EachParallel', 'LoopUntil'],
    ...['WaitFor', 'AllowFailure', 'Pause', 'Subflow', 'Sleep'],
  ],
};
const TYPES = new Map(
  Object.entries(PACKAGES).flatMap(([name, types]) =>
    types.map((type) => [type, `io.kestra.plugin.core.${name}.${type}`] as const),
  ),
);

/** YAML in which types of core are named by their last part. `text` is indented as it is here. */
export function flow(text: string, id = 'main'): string {
  const body = text.replaceAll(
    /\btype: (\w+)\b/g,
    (found, name: string) => `type: ${TYPES.get(name) ?? name}` || found,
  );
  const margin = /^ */.exec(body.replace(/^\n/, ''))![0].length;
  return `id: ${id}\nnamespace: tests\n${body.replaceAll(new RegExp(`^ {${margin}}`, 'gm'), '')}`;
}

export interface Played {
  readonly engine: Engine;
  readonly id: string;
  readonly state: State;
  readonly list: readonly string[];
}

/**
 * The first flow's execution, as it is when nothing more happens by itself: the same whether workers go on by themselves with what
 * follows, or the engine hands out each task run.
 */
export function played(sources: string | readonly string[], options: EngineOptions = {}, inputs: object = {}): Played {
  const [handedOut, goneOn] = [false, true].map((goesOn) => {
    const engine = new Engine(sources, { goesOn, ...options });
    const id = engine.start({ inputs: { ...inputs } });
    engine.play();
    return shown(engine, id);
  });
  assert.deepEqual([goneOn!.state, goneOn!.list.toSorted()], [handedOut!.state, handedOut!.list.toSorted()]);
  return handedOut!;
}

export const shown = (engine: Engine, id: string): Played => ({
  engine,
  id,
  state: engine.state(id),
  list: engine.list(id),
});

/** How long the first execution took. */
export function secondsOf(engine: Engine): number {
  const { history } = engine.run(engine.ids[0]!).head;
  return (sinceOf(history) - history[0]![1]) / 1_000;
}
