/** The executor's metrics: what it did, and every refusal and recovery. */
import { counter, gauge } from '../../lib/metrics.ts';

export const messagesApplied = counter('executor_messages_total', 'Messages stepped');
export const commits = counter(
  'executor_commits_total',
  'Commits by answer; UNSENT where the lease had run out before',
  ['answer'],
);
export const leaseMoves = counter('executor_lease_moves_total', 'Partitions taken over');
export const lateAnswers = counter('executor_late_answers_total', 'Answers of workers that changed nothing');
export const workersLost = counter('executor_workers_lost_total', 'Claims that ran out');
export const reoffers = counter('executor_reoffers_total', 'Attempts handed out again because nobody had them');
export const deadLetters = counter('executor_dead_letters_total', 'Messages given up');
export const partitionsOwned = gauge('executor_partitions_owned', 'Partitions owned now');
