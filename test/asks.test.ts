/** Steps that ask, and are taken again with the answers: a real partition over the bus in memory; the test answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Definitions } from '../actors/executor/definitions.ts';
import { Durations } from '../actors/executor/durations.ts';
import { ExecutionPartition } from '../actors/executor/execution-partition.ts';
import { Owned } from '../actors/executor/owned.ts';
import { openMemoryBus } from '../lib/bus/memory/open.ts';
import { silentLog } from '../lib/log.ts';
import type { ExecutionHead, TaskRun } from '../lib/model/execution.ts';
import { sourceHash } from '../lib/model/ids.ts';
import type { Asking } from '../lib/model/letter.ts';
import type { Answer, Question } from '../lib/model/question.ts';
import { stateOf } from '../lib/model/state.ts';
import { NO_VERSION } from '../lib/model/version.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';
import { aLease, aStart } from './support/bus-parts.ts';

const { catalogue } = await loadPlugins(BUILT_IN);
/** A round takes one. */
const AGAIN_SECONDS = 60;

/** An execution of one task that runs if `runIf` holds; `asked` is what was sent so far. */
async function begun(runIf: string) {
  const task = { id: 'only', type: 'io.kestra.plugin.core.flow.Sleep', duration: 'PT60S', runIf };
  const source = `id: flow\nnamespace: tests\ntasks: [${JSON.stringify(task)}]\n`;
  const clock = { nowMs: 1_800_000_000_000, now: () => clock.nowMs };
  const bus = openMemoryBus({ partitions: 1, clock });
  const lease = await aLease(bus, 'x:0', 'owner');
  const asked: Asking[] = [];
  const parts = {
    bus,
    definitions: new Definitions(bus.documents, catalogue),
    durations: new Durations(),
    log: silentLog,
    installation: { envs: { region: 'north' }, globals: { n: 2 } },
    post: {
      send: async (_: unknown, { letter }: { readonly letter: { readonly kind: string } }) => {
        if (letter.kind === 'ask') asked.push((letter as unknown as { readonly asking: Asking }).asking);
        return 'sent' as const;
      },
    },
  };
  const actor = new ExecutionPartition(parts, lease, await bus.ownership.hold(lease), clock.now());
  const owned = new Owned(lease, actor, actor.number, 0);
  const round = async (): Promise<void> => {
    clock.nowMs += 1_000;
    await bus.ownership.renew([lease]);
    const read = await bus.ownership.read(new Map([['x:0', owned.cursor]]), { count: 10, blockMs: 0 });
    const entries = read.get('x:0') ?? [];
    await actor.prepare(entries, clock.now());
    const batch = owned.plan(entries, { nowMs: clock.now(), durable: NO_VERSION });
    if (!batch) return;
    assert.equal(await bus.ownership.commit(lease, batch.finish()), 'APPLIED');
    owned.settle('APPLIED', batch);
    actor.applied(batch, clock.now());
    await Promise.resolve();
  };
  const answered = async (answerOf: (question: Question) => Answer): Promise<void> => {
    const { name, questions } = asked.at(-1)!;
    const answers = questions.map((question) => ({ question, answer: answerOf(question) }));
    await bus.mailbox.append('x:0', [{ v: 1, kind: 'answers', executionId: 'x', atMs: clock.now(), name, answers }]);
    await round();
  };
  const taskRun = async (): Promise<TaskRun | undefined> => {
    const fields = await bus.documents.read('x:0', 'x');
    const text = [...(fields ?? [])].find(([field]) => field.startsWith('t:'))?.[1];
    return text === undefined ? undefined : (JSON.parse(text) as TaskRun);
  };
  const head = async () => JSON.parse((await bus.documents.fields('x:0', 'x', ['head']))[0]!) as ExecutionHead;
  await bus.mailbox.start('x:0', aStart('x', clock.now(), sourceHash('main', source)), { definition: source });
  await round();
  assert.equal(asked.length, 0);
  assert.equal((await head()).history.at(-1)![0], 'CREATED');
  await round();
  return { asked, round, answered, taskRun };
}

const ofTaskRun = async ({ taskRun }: Awaited<ReturnType<typeof begun>>) => {
  const found = await taskRun();
  return found && [stateOf(found.history), found.reason];
};

test('being there at once, and taking its first step when the question is answered', async () => {
  const run = await begun("{{ read('kestra:///a') == 'yes' and envs.region == 'north' and globals.n == 2 }}");
  assert.deepEqual(run.asked[0]!.questions, [{ kind: 'read', args: { path: 'kestra:///a', namespace: null } }]);
  assert.deepEqual(run.asked[0]!.kin, [{ namespace: 'tests', flowId: 'flow', executionId: 'x' }]);
  assert.equal(await run.taskRun(), undefined);
  await run.answered(() => ({ value: 'yes' }));
  assert.equal(stateOf((await run.taskRun())!.history), 'SUBMITTED');
});

test('failing the task run whose question is refused', async () => {
  const run = await begun("{{ read('kestra:///a') }}");
  await run.answered(() => ({ refused: 'not yours' }));
  const [state, reason] = (await ofTaskRun(run))!;
  assert.equal(state, 'FAILED');
  assert.match(reason!, /^not yours in the expression/);
});

test('asking the same with the answers, though time has passed and dice were thrown', async () => {
  const run = await begun('{{ [now(), uuid()] | jq(".[0] | @text") | first | length > 3 }}');
  await run.answered(({ args }) => ({ value: [String((args.value as string[])[0])] }));
  assert.equal(run.asked.length, 1);
  assert.equal(stateOf((await run.taskRun())!.history), 'SUBMITTED');
});

test('asking again when nobody has answered for a minute, and taking the answer once', async () => {
  const run = await begun("{{ read('kestra:///a') == 'yes' }}");
  for (let seconds = 1; seconds < AGAIN_SECONDS - 1; seconds++) await run.round();
  assert.equal(run.asked.length, 1);
  for (let seconds = 0; seconds < 3; seconds++) await run.round();
  assert.deepEqual(run.asked, [run.asked[0], run.asked[0]]);
  await run.answered(() => ({ value: 'yes' }));
  await run.answered(() => ({ value: 'no' }));
  assert.equal(stateOf((await run.taskRun())!.history), 'SUBMITTED');
});

test('asking one thing after the other, and not without an end', async () => {
  const run = await begun("{% for n in range(1, 5000) %}{{ fileExists('kestra:///' ~ n) }}{% endfor %}");
  for (let n = 1; n <= 3; n++) {
    assert.equal(run.asked.at(-1)!.questions[0]!.args.path, `kestra:///${n}`);
    await run.answered(() => ({ value: true }));
  }
  while (!(await run.taskRun())) await run.answered(() => ({ value: true }));
  assert.equal(run.asked.length, 1_000);
  const [state, reason] = (await ofTaskRun(run))!;
  assert.equal(state, 'FAILED');
  assert.match(reason!, /expected at most 1000 answers/);
});

test('refusing a question that no message brings back', async () => {
  const large = await begun("{{ range(1, 30000) | jq('@text') }}");
  assert.equal(large.asked.length, 0);
  assert.match((await ofTaskRun(large))![1]!, /expected jq\(\) of at most 98304 characters/);
});
