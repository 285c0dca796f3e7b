/** The ports of the bus and the repository with failpoints around them, and a witness of what was done through them. */
import type { Bus } from '../../../lib/bus/bus.ts';
import type { Claims } from '../../../lib/bus/claims.ts';
import type { Answer, Mailbox } from '../../../lib/bus/mailbox.ts';
import type { Commit, Lease, Ownership } from '../../../lib/bus/ownership.ts';
import type { Queues } from '../../../lib/bus/queues.ts';
import type { Timetable } from '../../../lib/bus/timetable.ts';
import { attemptRef } from '../../../lib/model/execution.ts';
import type { Repository } from '../../../lib/repository/repository.ts';
import type { Failpoints } from './failpoints.ts';
import type { Deed, Witness } from './witness.ts';

interface Around {
  readonly failpoints: Failpoints;
  readonly witness: Witness;
}

export function testBus(bus: Bus, around: Around): Bus {
  return {
    ...bus,
    ownership: ownershipOf(bus.ownership, around),
    mailbox: mailboxOf(bus.mailbox, around),
    claims: claimsOf(bus.claims, around),
    queues: queuesOf(bus.queues, around),
    timetable: timetableOf(bus.timetable, around),
  };
}

export const testRepository = (repository: Repository, { failpoints }: Around): Repository => ({
  ...repository,
  write: async (batch) => {
    await repository.write(batch);
    await failpoints.pass('index.after');
  },
});

function ownershipOf(ownership: Ownership, { failpoints, witness }: Around): Ownership {
  const fresh = new WeakSet<Lease>();
  return {
    ...ownership,
    hold: async (lease) => {
      const holding = await ownership.hold(lease);
      fresh.add(lease);
      witness.saw([{ kind: 'lease', partition: lease.partition, epoch: lease.epoch, number: holding.number }]);
      return holding;
    },
    renew: async (leases) => {
      await failpoints.pass('lease.before');
      return ownership.renew(leases);
    },
    commit: async (lease, commit) => {
      if (begins(commit)) await failpoints.pass('begin.before');
      await failpoints.pass('commit.before');
      if (fresh.delete(lease)) await failpoints.pass('first.before');
      const named = { partition: lease.partition, epoch: lease.epoch, number: commit.expected + 1 };
      witness.saw([{ kind: 'sent', ...named }]);
      const answer = await ownership.commit(lease, commit);
      witness.saw([{ kind: 'commit', ...named, answer }]);
      if (commit.timers.set.length > 0) await failpoints.pass('timer.after');
      await failpoints.pass('commit.after');
      return answer;
    },
  };
}

const begins = ({ documents }: Commit): boolean =>
  documents.some(({ set }) => set.some(([field]) => field === 'start'));

function mailboxOf(mailbox: Mailbox, { failpoints, witness }: Around): Mailbox {
  return {
    ...mailbox,
    start: async (partition, message, options) => {
      const answer = await mailbox.start(partition, message, options);
      if (answer.kind === 'accepted') await failpoints.pass('start.after');
      return answer;
    },
    answer: async (partition, workerId, answers) => {
      await failpoints.pass(
        'answer.before',
        answers.map(({ message }) => message.executionId),
      );
      witness.saw(answers.map(answerDeed));
      const granted = await mailbox.answer(partition, workerId, answers);
      witness.saw(answers.flatMap((answer, n) => (granted[n] ? [claimDeed(answer)] : [])));
      if (granted.includes(true)) await failpoints.pass('claim.after');
      return granted;
    },
  };
}

const answerDeed = ({ message: { executionId, taskRunId, attempt, workerId, state } }: Answer): Deed => ({
  kind: 'answer',
  ref: attemptRef(executionId, taskRunId, attempt),
  worker: workerId,
  state,
});

/** What a worker goes on with. */
const claimDeed = ({ message, delivery, next }: Answer): Deed => ({
  kind: 'claim',
  ref: attemptRef(message.executionId, next!.taskRunId, 1),
  delivery,
  worker: message.workerId,
  told: true,
  answer: 'granted',
});

function claimsOf(claims: Claims, { failpoints, witness }: Around): Claims {
  return {
    ...claims,
    claim: async (partition, workerId, requests) => {
      const answers = await claims.claim(partition, workerId, requests);
      witness.saw(
        requests.map(({ ref, delivery, untold }, n) => ({
          kind: 'claim',
          ref,
          delivery,
          worker: workerId,
          told: untold !== true,
          answer: answers[n]!,
        })),
      );
      if (answers.includes('granted')) await failpoints.pass('claim.after');
      return answers;
    },
    giveBack: (partition, workerId, requests) => {
      witness.saw(requests.map(({ ref }) => ({ kind: 'back', ref })));
      return claims.giveBack(partition, workerId, requests);
    },
  };
}

function queuesOf(queues: Queues, { failpoints }: Around): Queues {
  return {
    ...queues,
    add: async (group, parcels) => {
      if (await failpoints.pass('relay.before')) return;
      await queues.add(group, parcels);
      await failpoints.pass('relay.after');
    },
  };
}

function timetableOf(timetable: Timetable, { failpoints }: Around): Timetable {
  return {
    ...timetable,
    lead: async (token) => {
      const leads = await timetable.lead(token);
      if (leads) await failpoints.pass('lead.after');
      return leads;
    },
    commit: async (token, change) => {
      const answer = await timetable.commit(token, change);
      if (change.starts && change.starts.length > 0) await failpoints.pass('tick.after');
      return answer;
    },
  };
}
