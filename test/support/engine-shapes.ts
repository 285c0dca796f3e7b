/** Flows of every shape, for what must hold of all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseFlow } from '../../lib/flow/parse.ts';
import { FLOWS as SIMULATED } from '../simulation/flows.ts';
import type { Engine } from './engine.ts';
import { flow } from './engine-flow.ts';
import { plugins, type Script } from './task-outcomes.ts';

export interface Shape {
  readonly name: string;
  readonly source: string;
  readonly needs: readonly string[];
  readonly script: Script;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What has begun when something fails depends on when that is. */
  readonly shifting?: boolean;
}

const CHILD = flow(
  `
  tasks:
    - {id: slow, type: Sleep, duration: PT3S}
    - {id: said, type: Return, format: "x"}
  outputs: [{id: said, type: STRING, value: "{{ outputs.said.value }}"}]
`,
  'child',
);
const FAILING = flow('\n  tasks: [{id: deep, type: Sequential, tasks: [{id: bad, type: Return}]}]', 'failing');
const ANEW = flow(
  `
  retry: {type: constant, interval: PT1S, maxAttempts: 2, behavior: CREATE_NEW_EXECUTION}
  tasks: [{id: bad, type: Return}]
  finally: [{id: last, type: Return}]
`,
  'anew',
);

const OWN: Readonly<Record<string, string>> = {
  'errors at every level': flow(`
    tasks:
      - id: outer
        type: Sequential
        tasks:
          - id: middle
            type: Parallel
            tasks:
              - {id: inner, type: Sequential, tasks: [{id: slow, type: Return}, {id: bad, type: Return}], errors: [{id: e1, type: Return}], finally: [{id: f1, type: Return}]}
              - {id: beside, type: Return}
            errors: [{id: e2, type: Sequential, tasks: [{id: e21, type: Return}]}]
            finally: [{id: f2, type: Return}]
        finally: [{id: f3, type: Return}]
    errors: [{id: e4, type: Return}, {id: e5, type: Return}]
    finally: [{id: f4, type: Return}]
    afterExecution: [{id: told, type: Return}]
  `),
  'iterations in iterations': flow(`
    tasks:
      - id: each
        type: ForEach
        values: ["x", "y", "z"]
        concurrencyLimit: 2
        tasks:
          - {id: before, type: Return, format: "{{ taskrun.value }}"}
          - id: inner
            type: ForEach
            values: ["1", "2"]
            tasks: [{id: deep, type: Return}, {id: some, type: Return, runIf: "{{ taskrun.value == '1' }}"}]
          - {id: old, type: EachParallel, value: '["1", "2", "3"]', concurrent: 2, tasks: [{id: o1, type: Return}, {id: o2, type: Return}]}
      - {id: after, type: Return, format: "{{ outputs.before.y.value }}"}
  `),
  'a failing iteration': flow(`
    tasks:
      - id: each
        type: ForEach
        values: ["x", "y", "z"]
        concurrencyLimit: 2
        tasks: [{id: slow, type: Return}, {id: bad-y, type: Return}, {id: later, type: Return}]
        errors: [{id: sorry, type: Return}]
      - {id: never, type: Return}
    errors: [{id: sorry-2, type: Return}]
  `),
  'a graph': flow(`
    tasks:
      - id: dag
        type: Dag
        concurrent: 2
        tasks:
          - {task: {id: first, type: Return}}
          - {task: {id: left, type: Sequential, tasks: [{id: l1, type: Return}, {id: l2, type: Return}]}, dependsOn: [first]}
          - {task: {id: right, type: Return}, dependsOn: [first]}
          - {task: {id: last, type: Return}, dependsOn: [left, right]}
          - {task: {id: alone, type: Return}}
  `),
  'choices and loops': flow(`
    tasks:
      - {id: choice, type: If, condition: "{{ true }}", then: [{id: a, type: Switch, value: two, cases: {one: [{id: b, type: Return}], two: [{id: c, type: Return}]}}]}
      - id: loop
        type: LoopUntil
        condition: "{{ outputs.loop.iterationCount == 2 }}"
        tasks: [{id: body, type: Sequential, tasks: [{id: work, type: Return}]}, {id: more, type: Return}]
      - {id: forgiven, type: AllowFailure, tasks: [{id: bad, type: Return}], errors: [{id: sorry, type: Return}]}
  `),
  pauses: flow(`
    tasks:
      - {id: one, type: Pause, onPause: {id: told, type: Return}, tasks: [{id: awake, type: Return}]}
      - id: both
        type: Parallel
        tasks:
          - {id: timed, type: Pause, pauseDuration: PT4S, behavior: WARN}
          - {id: asked, type: Pause, onResume: [{id: n, type: INT, defaults: 1}]}
          - {id: works, type: Sleep, duration: PT2S}
      - {id: last, type: Return}
  `),
  tries: flow(`
    tasks:
      - {id: third, type: Return, retry: {type: constant, interval: PT2S, maxAttempts: 4}}
      - {id: all, type: Sequential, timeout: PT30S, retry: {type: constant, interval: PT1S, maxAttempts: 2}, allowFailure: true, tasks: [{id: bad, type: Return}]}
      - {id: slow-limit, type: Parallel, timeout: PT2S, allowFailure: true, tasks: [{id: slow, type: Sleep, duration: PT5S}, {id: quick, type: Return}]}
  `),
  calls: flow(`
    tasks:
      - id: all
        type: Parallel
        tasks:
          - {id: waits, type: Subflow, namespace: tests, flowId: child}
          - {id: goes-on, type: Subflow, namespace: tests, flowId: child, wait: false}
          - {id: none, type: Subflow, namespace: tests, flowId: nowhere, allowFailure: true}
      - {id: fails, type: Subflow, namespace: tests, flowId: failing, allowFailure: true, retry: {type: constant, interval: PT1S, maxAttempts: 2}}
      - {id: renewed, type: Subflow, namespace: tests, flowId: anew, transmitFailed: false}
      - {id: transmits, type: Subflow, namespace: tests, flowId: failing}
    finally: [{id: last, type: Subflow, namespace: tests, flowId: child}]
  `),
  'made anew': ANEW.replace('id: anew', 'id: main'),
  'listeners and updates': flow(`
    tasks:
      - {id: set, type: SetVariables, variables: {a: 1}}
      - {id: all, type: Parallel, tasks: [{id: slow, type: Sleep, duration: PT5S}, {id: ends, type: Exit, state: WARNING}]}
      - {id: never, type: Return}
    finally: [{id: last, type: Return}]
    afterExecution: [{id: told, type: Sequential, tasks: [{id: t1, type: Return}, {id: t2, type: Sleep, duration: PT2S}]}]
    listeners: [{tasks: [{id: heard, type: Return}]}]
  `),
  'killed by itself': flow(`
    tasks:
      - {id: all, type: Parallel, tasks: [{id: slow, type: Sleep, duration: PT5S}, {id: ends, type: Exit, state: KILLED}]}
    afterExecution: [{id: told, type: Return}]
  `),
  promises: flow(`
    sla:
      - {id: soon, type: MAX_DURATION, duration: PT3S, behavior: CANCEL}
      - {id: right, type: EXECUTION_ASSERTION, assert: "{{ outputs.a.value != 'wrong' }}", behavior: NONE, labels: {wrong: "yes"}}
    tasks: [{id: a, type: Return, format: wrong}, {id: slow, type: Sequential, tasks: [{id: slow-2, type: Sleep, duration: PT5S}]}]
  `),
};

/** `slow` and its like take five seconds, `bad` fails, `third` works the third time. */
const SCRIPT: Script = {
  bad: 'FAILED',
  'bad-y': ({ value }) => (value === 'y' ? 'FAILED' : 'SUCCESS'),
  third: ({ attempt }) => (attempt < 3 ? 'FAILED' : 'SUCCESS'),
  slow: { ms: 5_000 },
  'slow-2': { ms: 5_000 },
  works: { ms: 2_000 },
  t2: { ms: 2_000 },
  flaky: ({ attempt }) => (attempt < 3 ? 'FAILED' : { outputs: { value: 'x' } }),
  fails: 'FAILED',
  'fails-too': 'FAILED',
  'fails-again': 'FAILED',
};

const NEEDS = [CHILD, FAILING, ANEW];

const EXAMPLES = fileURLToPath(new URL('../flows/', import.meta.url));

const examples = (): readonly Shape[] =>
  readdirSync(EXAMPLES).flatMap((name) => {
    const source = readFileSync(EXAMPLES + name, 'utf8');
    const { flow } = parseFlow(source, plugins.catalogue, { tenant: 'main' });
    const asks = flow?.inputs.some(({ required, defaults }) => required && defaults === undefined);
    return !flow || asks ? [] : [{ name, source, needs: [], script: SCRIPT, inputs: {} }];
  });

/** A folder of others' flows, with those that they call; none is kept here. */
const elsewhere = (folder = process.env.WINDHOVER_TEST_FLOWS): readonly Shape[] => {
  if (folder === undefined) return [];
  const known = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, source: readFileSync(`${folder}/${name}`, 'utf8') }))
    .map((each) => ({ ...each, flow: parseFlow(each.source, plugins.catalogue, { tenant: 'main' }).flow }))
    .filter(({ flow }) => flow);
  const needs = known.map(({ source }) => source);
  return known.flatMap(({ name, source, flow }) => {
    const asked = flow!.inputs.filter(({ required, defaults }) => required && defaults === undefined);
    const inputs = Object.fromEntries(asked.map(({ id, type }) => [id, VALUES[type]]));
    return Object.values(inputs).includes(undefined) ? [] : [{ name, source, needs, script: SCRIPT, inputs }];
  });
};

const VALUES: Readonly<Record<string, unknown>> = {
  STRING: 'a',
  INT: 1,
  FLOAT: 1.5,
  BOOLEAN: true,
  BOOL: true,
  JSON: '{}',
};

export const SHAPES: readonly Shape[] = [
  ...Object.entries(OWN).map(([name, source]) => {
    return { name, source, needs: NEEDS, script: SCRIPT, inputs: {}, shifting: name === 'a failing iteration' };
  }),
  ...SIMULATED.map((source, n) => ({ name: `simulated ${n}`, source, needs: SIMULATED, script: SCRIPT, inputs: {} })),
  ...examples(),
  ...elsewhere(),
];

/** To the end of all: whatever stands still is resumed. */
export function playOut(engine: Engine): void {
  for (let resumed = 0; resumed < RESUMED_MAX; resumed++) {
    engine.play();
    const still = engine.ids.find((id) => !engine.isOver(id) && engine.state(id) === 'PAUSED');
    if (still === undefined) return;
    engine.order(still, 'resume');
  }
  throw new Error(`expected an end, got pauses without one: ${engine.ids.map((id) => engine.list(id).join('; '))}`);
}

const RESUMED_MAX = 100;
