/** What workers are told of what follows, and what becomes of what they have gone on with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item } from '../../lib/bus/queues.ts';
import type { Effect } from '../../lib/execution/effect.ts';
import { applyChange, type Run } from '../../lib/execution/run.ts';
import { step } from '../../lib/execution/step.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import { parseAttemptRef } from '../../lib/model/execution.ts';
import type { Flow } from '../../lib/model/flow.ts';
import type { Message, NextClaim, TaskEndedMessage } from '../../lib/model/message.ts';
import { type State, stateOf } from '../../lib/model/state.ts';
import { aStart } from '../support/bus-parts.ts';
import { flow } from '../support/engine-flow.ts';
import { plugins } from '../support/task-outcomes.ts';

const [ID, NOW_MS] = ['execution', 1_800_000_000_000];
type Told = Omit<Item, 'version'>;

/** One execution, and what its steps want done. */
class Stepped {
  readonly #flow: Flow;
  run: Run | undefined;
  readonly items: Told[] = [];
  effects: readonly Effect[] = [];

  constructor(text: string) {
    const { flow: parsed, problems } = parseFlow(flow(text), plugins.catalogue, { tenant: 'main' });
    assert.ok(parsed, JSON.stringify(problems));
    this.#flow = parsed;
    this.take(aStart(ID, NOW_MS, parsed.hash));
  }

  take(message: Message): void {
    const taken = step(this.run, message, { nowMs: NOW_MS + 10, epoch: 1, flow: this.#flow });
    assert.equal(taken.kind, 'changed', JSON.stringify(taken));
    if (taken.kind !== 'changed') return;
    this.run = applyChange(this.run, taken.change);
    this.effects = taken.effects;
    for (const effect of taken.effects) if (effect.kind === 'runTask') this.items.push(effect.item);
  }

  say(kind: 'pause' | 'resume' | 'kill'): void {
    this.take({ v: 1, kind, executionId: ID, atMs: NOW_MS, incarnation: 0, principal: 'somebody' });
  }

  claim(taskId: string): void {
    const { ref, delivery } = this.items.find((one) => one.taskId === taskId)!;
    const by = { v: 1, atMs: NOW_MS, token: 'first', workerId: 'worker' };
    this.take({ ...by, ...parseAttemptRef(ref), kind: 'taskStarted', delivery });
  }

  /** The item is handed out, ends, and its worker goes on with what it is told of. */
  end(taskId: string, goesOn = true, more: Partial<TaskEndedMessage> = {}): void {
    const item = this.items.find((one) => one.taskId === taskId)!;
    const next = item.sequels?.[0];
    const claim: NextClaim | undefined =
      goesOn && next
        ? { taskId: next.taskId, taskRunId: next.taskRunId, delivery: item.delivery, token: 'next', atMs: NOW_MS + 5 }
        : undefined;
    const end = {
      v: 1,
      kind: 'taskEnded',
      atMs: NOW_MS,
      token: 'first',
      workerId: 'worker',
      state: 'SUCCESS',
    } as const;
    const times = { startedAtMs: NOW_MS + 1, endedAtMs: NOW_MS + 4, lines: 0 };
    this.take({ ...end, ...times, ...parseAttemptRef(item.ref), ...(claim ? { next: claim } : {}), ...more });
  }

  get states(): Readonly<Record<string, State>> {
    const runs = [...this.run!.taskRuns.values()];
    return Object.fromEntries(runs.map(({ taskId, history }) => [taskId, stateOf(history)]));
  }

  told(kind: Effect['kind']): readonly Effect[] {
    return this.effects.filter((effect) => effect.kind === kind);
  }
}

const idsOf = ({ sequels = [] }: Told): readonly string[] => sequels.map(({ taskId }) => taskId);
const sequelsOf = (text: string): readonly string[] => idsOf(new Stepped(text).items[0]!);

test('telling a worker of all that follows one after the other, and of what each will read', () => {
  const [item] = new Stepped(`
    tasks:
      - {id: a, type: Return}
      - {id: b, type: Return, format: "{{ outputs.a.value }} {{ inputs }} {{ taskrun.id }}"}
      - {id: c, type: Return, format: "{{ outputs.a.value }} {{ tasks.b.state }}", retry: {type: constant, interval: PT1S, maxAttempt: 3}}
  `).items;
  const [b, c] = item!.sequels!;
  const a = parseAttemptRef(item!.ref).taskRunId;
  assert.deepEqual(idsOf(item!), ['b', 'c']);
  assert.deepEqual([b!.reads, c!.reads], [[`t:${a}`], [`t:${a}`, `t:${b!.taskRunId}`]]);
});

for (const [what, second] of [
  ['has a condition', 'type: Return, runIf: "{{ true }}"'],
  ['reads labels', 'type: Return, format: "{{ labels.x }}"'],
  ['reads all outputs', 'type: Return, format: "{{ outputs }}"'],
  ['reads what has not run', 'type: Return, format: "{{ outputs.c.value ?? 0 }}"'],
  ['is for other workers', 'type: Return, workerGroup: {key: gpu}'],
  ['is a flowable', 'type: Sequential, tasks: [{id: d, type: Return}]'],
] as const)
  test(`telling a worker of nothing behind a task that ${what}`, () => {
    const tasks = `[{id: a, type: Return}, {id: b, ${second}}, {id: c, type: Return}]`;
    assert.deepEqual(sequelsOf(`tasks: ${tasks}`), []);
  });

test('telling a worker of nothing where the flow makes promises, and of no more than twenty tasks', () => {
  const tasks = Array.from({ length: 30 }, (_, n) => `{id: t${n}, type: Return}`);
  assert.equal(sequelsOf(`tasks: [${tasks}]`).length, 20);
  const sla = '{id: s, type: EXECUTION_ASSERTION, behavior: FAIL, assert: "{{ true }}"}';
  assert.deepEqual(sequelsOf(`sla: [${sla}]\ntasks: [${tasks}]`), []);
});

test('telling a worker of what follows within an iteration, a branch and a Sequential, not beside it', () => {
  const inner = '[{id: a, type: Return}, {id: b, type: Return, format: "{{ taskrun.value }}"}]';
  const [x, y] = new Stepped(`tasks: [{id: each, type: ForEach, concurrencyLimit: 2, values: [x, y], tasks: ${inner}}]`)
    .items;
  assert.deepEqual(
    [x, y].map((item) => [item!.value, idsOf(item!)]),
    [
      ['x', ['b']],
      ['y', ['b']],
    ],
  );
  assert.deepEqual(sequelsOf(`tasks: [{id: s, type: Sequential, tasks: ${inner}}]`), ['b']);
  assert.deepEqual(sequelsOf(`tasks: [{id: i, type: If, condition: "true", then: ${inner}}]`), ['b']);
  assert.deepEqual(sequelsOf(`tasks: [{id: p, type: Parallel, tasks: ${inner}}]`), []);
});

test('telling a worker of nothing that reads what came before it in an iteration, which it would have to be given of all', () => {
  const inner = '[{id: a, type: Return}, {id: b, type: Return, format: "{{ outputs.a[taskrun.value].value }}"}]';
  assert.deepEqual(sequelsOf(`tasks: [{id: each, type: ForEach, values: [x], tasks: ${inner}}]`), []);
  const deeper = `[{id: s, type: Sequential, tasks: ${inner}}]`;
  assert.deepEqual(sequelsOf(`tasks: [{id: each, type: ForEach, values: [x], tasks: ${deeper}}]`), []);
  assert.deepEqual(sequelsOf(`tasks: ${deeper}`), ['b']);
});

test('keeping what a worker has gone on with, and handing out none of it', () => {
  const stepped = new Stepped('tasks: [{id: a, type: Return}, {id: b, type: Return}]');
  stepped.end('a');
  assert.deepEqual(stepped.states, { a: 'SUCCESS', b: 'RUNNING' });
  assert.deepEqual([stepped.items.length, stepped.told('keepTask').length], [1, 1]);
  const b = [...stepped.run!.taskRuns.values()].find(({ taskId }) => taskId === 'b')!;
  assert.deepEqual(
    b.history.map(([state, atMs]) => [state, atMs - NOW_MS]),
    [
      ['CREATED', 5],
      ['SUBMITTED', 5],
      ['RUNNING', 5],
    ],
  );
  const { delivery, token, workerId } = b.attempts[0]!;
  assert.deepEqual([delivery, token, workerId], ['1.1', 'next', 'worker']);
});

test('handing out itself what no worker has gone on with', () => {
  const stepped = new Stepped('tasks: [{id: a, type: Return}, {id: b, type: Return}, {id: c, type: Return}]');
  stepped.end('a', false);
  assert.deepEqual(stepped.items.map(idsOf), [['b', 'c'], ['c']]);
});

test('letting no worker go on in an execution that is paused, but for what had begun before', () => {
  const stepped = new Stepped('tasks: [{id: a, type: Return}, {id: b, type: Return}, {id: c, type: Return}]');
  stepped.say('pause');
  assert.deepEqual(stepped.told('still'), [{ kind: 'still', still: true }]);
  // Granted just before.
  stepped.end('a');
  assert.deepEqual(stepped.states, { a: 'SUCCESS', b: 'RUNNING' });
  stepped.say('resume');
  assert.deepEqual(stepped.told('still'), [{ kind: 'still', still: false }]);
});

test('ending what a worker has gone on with in an execution that is killed, or is something else by now', () => {
  for (const [next, kill] of [
    [undefined, true],
    [{ taskId: 'another', taskRunId: 'another', delivery: '1.1', token: 'next', atMs: NOW_MS }, false],
  ] as const) {
    const stepped = new Stepped('tasks: [{id: a, type: Return}, {id: b, type: Return}]');
    if (kill) stepped.claim('a');
    if (kill) stepped.say('kill');
    stepped.end('a', true, next ? { next } : {});
    const [revoked] = stepped.told('revokeAttempt') as readonly { readonly ref: string }[];
    const { taskRunId } = next ?? stepped.items[0]!.sequels![0]!;
    assert.equal(revoked?.ref, `${ID}/${taskRunId}/1`);
    assert.deepEqual(stepped.told('closeAttempt').length, 2);
    assert.equal(stepped.states.b === 'RUNNING', false);
  }
});
