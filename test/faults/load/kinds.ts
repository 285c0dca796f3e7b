/** The workload: kinds of executions by the features of flows, and what must come of each. */
import type { State } from '../../../lib/model/state.ts';

export const NAMESPACE = 'faults';

export interface Kind {
  /** The id of its flow. */
  readonly name: string;
  /** Of all, in parts of 100. */
  readonly weight: number;
  readonly tasks: readonly object[];
  readonly rest?: Readonly<Record<string, unknown>>;
  readonly ends: State;
  /** How many runs of each task have effects, and in how many attempts. */
  readonly leaves: Readonly<Record<string, { readonly runs: number; readonly attempts?: number }>>;
  /** Executions that it begins, by flow. */
  readonly children?: Readonly<Record<string, number>>;
  /** What the client does once it has begun. */
  readonly does?: 'kill' | 'restart';
}

const CORE = 'io.kestra.plugin.core.flow.';
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

/** `ledger`: the file of effects. */
export function kindsOf(ledger: string): readonly Kind[] {
  const work = (id: string, more: object = {}) => ({ id, type: 'faults.Work', ledger, ms: 20, ...more });
  const once = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, { runs: 1 }]));
  const calls = (id: string, flowId: string, more: object = {}) => ({
    id,
    type: `${CORE}Subflow`,
    namespace: NAMESPACE,
    flowId,
    ...more,
  });
  const steps = range(5).map((n) => `s${n}`);
  const branches = range(10).map((n) => `b${n}`);
  return [
    { name: 'line', weight: 20, tasks: steps.map((id) => work(id)), ends: 'SUCCESS', leaves: once(...steps) },
    // Behind the first of them workers go on by themselves.
    {
      name: 'brief',
      weight: 20,
      tasks: steps.map((id) => work(id, { type: 'faults.Brief', ms: 5 })),
      ends: 'SUCCESS',
      leaves: once(...steps),
    },
    {
      name: 'fan',
      weight: 15,
      tasks: [{ id: 'all', type: `${CORE}Parallel`, tasks: branches.map((id) => work(id, { ms: 100 })) }],
      ends: 'SUCCESS',
      leaves: once(...branches),
    },
    {
      name: 'each',
      weight: 10,
      tasks: [
        { id: 'all', type: `${CORE}ForEach`, values: range(20), concurrencyLimit: 5, tasks: [work('one', { ms: 50 })] },
      ],
      ends: 'SUCCESS',
      leaves: { one: { runs: 20 } },
    },
    {
      name: 'outer',
      weight: 10,
      tasks: [calls('down', 'middle'), calls('aside', 'probe', { wait: false }), work('up')],
      ends: 'SUCCESS',
      leaves: once('up'),
      children: { middle: 1, probe: 1 },
    },
    {
      name: 'middle',
      weight: 0,
      tasks: [work('before'), calls('deeper', 'probe')],
      ends: 'SUCCESS',
      leaves: once('before'),
      children: { probe: 1 },
    },
    { name: 'probe', weight: 0, tasks: [work('only', { ms: 0 })], ends: 'SUCCESS', leaves: once('only') },
    {
      name: 'retry',
      weight: 7,
      tasks: [
        work('tries', { fails: 2, retry: { type: 'constant', interval: 'PT0.5S', maxAttempts: 4 } }),
        work('last'),
      ],
      ends: 'SUCCESS',
      leaves: { tries: { runs: 1, attempts: 3 }, last: { runs: 1 } },
    },
    {
      name: 'errors',
      weight: 4,
      tasks: [
        work('fails', { fails: 9, retry: { type: 'constant', interval: 'PT0.5S', maxAttempts: 2 } }),
        work('never'),
      ],
      rest: { errors: [work('sorry')] },
      ends: 'FAILED',
      leaves: { fails: { runs: 1, attempts: 2 }, sorry: { runs: 1 } },
    },
    {
      name: 'still',
      weight: 3,
      tasks: [
        work('before'),
        { id: 'rest', type: `${CORE}Pause`, pauseDuration: 'PT2S' },
        {
          id: 'loop',
          type: `${CORE}LoopUntil`,
          condition: '{{ outputs.loop.iterationCount == 3 }}',
          checkFrequency: { interval: 'PT1S' },
          tasks: [work('round')],
        },
      ],
      ends: 'SUCCESS',
      // A loop keeps its last round.
      leaves: { before: { runs: 1 }, round: { runs: 1 } },
    },
    {
      name: 'late',
      weight: 3,
      tasks: [work('slow', { ms: 60_000, timeout: 'PT1S', allowFailure: true }), work('next')],
      ends: 'WARNING',
      leaves: once('slow', 'next'),
    },
    { name: 'long', weight: 3, tasks: [work('long', { ms: 2_000 })], ends: 'SUCCESS', leaves: once('long') },
    {
      name: 'doomed',
      weight: 3,
      tasks: [{ id: 'all', type: `${CORE}Parallel`, tasks: [work('a', { ms: 60_000 }), work('b', { ms: 60_000 })] }],
      ends: 'KILLED',
      leaves: {},
      does: 'kill',
    },
    {
      name: 'doomed-later',
      weight: 0,
      tasks: [work('long', { ms: 60_000 }), work('never')],
      ends: 'KILLED',
      leaves: {},
    },
    {
      name: 'deadly',
      weight: 0,
      tasks: [work('kills', { deadly: true })],
      ends: 'FAILED',
      leaves: { kills: { runs: 1 } },
    },
    {
      name: 'again',
      weight: 2,
      tasks: [work('first'), work('fails', { fails: 1 })],
      ends: 'SUCCESS',
      leaves: { first: { runs: 1 }, fails: { runs: 1, attempts: 2 } },
      does: 'restart',
    },
  ];
}

/** What flows are written in: JSON behind a colon is YAML. */
export function sourceOf({ name, tasks, rest = {} }: Pick<Kind, 'name' | 'tasks' | 'rest'>): string {
  const lines = Object.entries({ ...rest, tasks }).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return [`id: ${name}`, `namespace: ${NAMESPACE}`, ...lines, ''].join('\n');
}
