/** What every bus must do with answers: append them, and claim in the same step what their worker goes on with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bus } from '../../lib/bus/bus.ts';
import { CLAIM_MS } from '../../lib/bus/claims.ts';
import type { Answer } from '../../lib/bus/mailbox.ts';
import type { Commit, Lease } from '../../lib/bus/ownership.ts';
import { isFault } from '../../lib/errors.ts';
import type { TaskEndedMessage } from '../../lib/model/message.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { aCommit, aKill, aLease, entriesOf, type Fresh, running } from '../support/bus-parts.ts';

const [FIRST, SECOND] = ['e1/t1/1', 'e1/t2/1'];
const claimOf = (ref: string, token: string) => ({ ref, delivery: '5.1', token });

interface Claimed {
  readonly bus: Bus;
  readonly p: Partition;
  readonly lease: Lease;
  /** The end of the first task run, claimed by `w1` under the token `a`; it goes on with the second under `b`. */
  answer(more?: Partial<Answer>, end?: Partial<TaskEndedMessage>): Promise<Answer>;
}

export function answers(fresh: Fresh): void {
  const withClaim = async (): Promise<Claimed> => {
    const { bus, p } = fresh();
    const lease = await aLease(bus, p);
    await bus.ownership.commit(lease, aCommit(0, { ...running('e1'), opened: [[FIRST, '5.1']] }));
    await bus.claims.claim(p, 'w1', [{ ...claimOf(FIRST, 'a'), untold: true }]);
    const answer: Claimed['answer'] = async (more, end) => ({
      message: { ...ended('t1', 'a'), atMs: await bus.now(), ...end },
      delivery: '5.1',
      next: { taskId: 'two', taskRunId: 't2', token: 'b' },
      ...more,
    });
    return { bus, p, lease, answer };
  };
  const commit = (at: Claimed, expected: number, change: Partial<Commit>) =>
    at.bus.ownership.commit(at.lease, aCommit(expected, change));

  test('claiming what follows in the step that appends an end, and saying so to its owner', async () => {
    const { bus, p, answer } = await withClaim();
    const fromMs = await bus.now();
    const { next: _, ...last } = await answer({}, { taskRunId: 't9', token: 'z' });
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [await answer(), last]), [true, false]);
    const [claim] = await bus.claims.inspect(p, [SECOND]);
    assert.deepEqual([claim!.workerId, claim!.token], ['w1', 'b']);
    assert.ok(claim!.untilMs >= fromMs + CLAIM_MS && claim!.untilMs <= (await bus.now()) + CLAIM_MS);
    assert.deepEqual(await bus.claims.claim(p, 'w2', [claimOf(SECOND, 'c')]), ['claimed']);
    assert.deepEqual(await bus.claims.renew(p, 'w1', [claimOf(SECOND, 'b')]), ['held']);
    const [first, second] = await messagesOf(bus, p);
    const { atMs, ...told } = first!.next!;
    assert.deepEqual(told, { taskId: 'two', taskRunId: 't2', delivery: '5.1', token: 'b' });
    assert.ok(atMs >= fromMs && atMs <= claim!.untilMs - CLAIM_MS);
    assert.deepEqual([first!.taskRunId, second!.taskRunId, second!.next], ['t1', 't9', undefined]);
  });

  test('saying again what it has granted, though the end before it was applied meanwhile', async () => {
    const at = await withClaim();
    const { bus, p, answer } = at;
    const asked = await answer();
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [asked]), [true]);
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [asked]), [true]);
    await commit(at, 1, { closed: [FIRST] });
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [asked]), [true]);
    await commit(at, 2, { closed: [SECOND] });
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [asked]), [false]);
  });

  test('letting nobody go on whose claim is not his own any more, but taking the answer', async () => {
    const at = await withClaim();
    const { bus, p, answer } = at;
    assert.deepEqual(await bus.mailbox.answer(p, 'w2', [await answer()]), [false]);
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [await answer({}, { token: 'y' })]), [false]);
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [await answer({ delivery: '4.1' })]), [false]);
    await commit(at, 1, { opened: [[FIRST, '5.2']] });
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [await answer()]), [false]);
    await commit(at, 2, { closed: [FIRST] });
    assert.deepEqual(await bus.mailbox.answer(p, 'w1', [await answer()]), [false]);
    assert.deepEqual(await bus.claims.inspect(p, [SECOND]), [undefined]);
    assert.deepEqual(
      (await messagesOf(bus, p)).map(({ kind, next }) => [kind, next]),
      Array.from({ length: 5 }, () => ['taskEnded', undefined]),
    );
  });

  test('letting nobody go on with what its owner has handed out itself', async () => {
    const at = await withClaim();
    await commit(at, 1, { opened: [[SECOND, '5.1']] });
    assert.deepEqual(await at.bus.mailbox.answer(at.p, 'w1', [await at.answer()]), [false]);
  });

  test('letting nobody go on from the moment that a kill is acknowledged, or that nothing new begins', async () => {
    const killed = await withClaim();
    await killed.bus.mailbox.kill(killed.p, aKill('e1', await killed.bus.now()));
    assert.deepEqual(await killed.bus.mailbox.answer(killed.p, 'w1', [await killed.answer()]), [false]);
    const still = await withClaim();
    await commit(still, 1, { still: { set: ['e1', 'e2'], dropped: [] } });
    assert.deepEqual(await still.bus.mailbox.answer(still.p, 'w1', [await still.answer()]), [false]);
    await commit(still, 2, { still: { set: [], dropped: ['e1'] } });
    assert.deepEqual(await still.bus.mailbox.answer(still.p, 'w1', [await still.answer()]), [true]);
  });

  test('refusing answers that are more than five minutes off, and claiming nothing then', async () => {
    const { bus, p, answer } = await withClaim();
    const late = await answer({}, { atMs: (await bus.now()) - 301_000 });
    await assert.rejects(bus.mailbox.answer(p, 'w1', [late]), (error) => isFault(error, 'bus.messageLate'));
    assert.deepEqual(await bus.claims.inspect(p, [SECOND]), [undefined]);
    assert.deepEqual(await entriesOf(bus, p), []);
  });
}

const ended = (taskRunId: string, token: string): TaskEndedMessage => ({
  v: 1,
  kind: 'taskEnded',
  executionId: 'e1',
  atMs: 0,
  taskRunId,
  attempt: 1,
  token,
  workerId: 'w1',
  state: 'SUCCESS',
  startedAtMs: 1,
  endedAtMs: 2,
  lines: 0,
  outputs: { text: 'quoted "}' },
});

const messagesOf = async (bus: Bus, p: Partition): Promise<readonly TaskEndedMessage[]> =>
  (await entriesOf(bus, p)).flatMap(({ messages }) => messages as readonly TaskEndedMessage[]);
