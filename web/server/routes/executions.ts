/** Executions: start, read, search, follow, kill. */
import { STATUS_CODES } from 'node:http';
import type { Bus } from '../../../lib/bus/bus.ts';
import { systemClock } from '../../../lib/clock.ts';
import { Fault } from '../../../lib/errors.ts';
import type { TaskRun } from '../../../lib/model/execution.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import { MESSAGE_FORMAT } from '../../../lib/model/message.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import type { ExecutionSearch, Repository } from '../../../lib/repository/repository.ts';
import type { WhyBody } from '../../api/bodies.ts';
import { formOf } from '../form.ts';
import type { Executions, Snapshot } from '../live/executions.ts';
import { followExecution } from '../live/follow.ts';
import { followDependencies } from '../live/follow-dependencies.ts';
import { type Followed, isOver } from '../live/live.ts';
import { Reasons } from '../live/reasons.ts';
import type { StartAsked, Starts } from '../live/starts.ts';
import { bodyOfExecution, executionBody } from '../views/execution.ts';
import { pageBody } from './paging.ts';
import { flagOf, labelPairs, refused, textOf, timeOf, wholeOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { executionsAsked } from './searches.ts';

/** A start that was accepted is taken in by its owner within this time, as a rule: a kill waits for it. */
const TAKEN_IN_MS = 5_000;
const LOOK_MS = 20;
/** Of an execution in a list: what has more is asked for alone. */
const TASK_RUNS_MAX = 100;
const NO_TASK_RUNS: ReadonlyMap<string, readonly TaskRun[]> = new Map();
const NO_REASONS: ReadonlyMap<string, WhyBody> = new Map();
export interface ExecutionParts {
  readonly bus: Bus;
  readonly repository: Repository;
  readonly executions: Executions;
  readonly starts: Starts;
  readonly followed: Followed;
}

export const bodyOf = ({ start, head, taskRuns }: Snapshot): object => executionBody(start, head, taskRuns);

export function executionHandlers(parts: ExecutionParts) {
  const { executions, repository, starts, followed } = parts;
  const reasons = new Reasons(repository, executions);
  const create = async (asked: Asked) => {
    const wanted = startAsked(asked);
    if (!flagOf(asked.query, 'wait')) return asked.json(bodyOf(await starts.start(wanted)));
    const brief = flagOf(asked.query, 'brief');
    const { start, head, taskRuns } = await starts.startAndWait(wanted, { signal: asked.gone, brief });
    asked.json(executionBody(start, head, brief ? undefined : taskRuns));
  };
  const search = async (asked: Asked, more: Partial<ExecutionSearch> = {}) => {
    const searched = await executionsAsked(asked.query, repository);
    const page = await repository.searchExecutions({ ...searched, ...more, bounded: true });
    const taskRuns = flagOf(asked.query, 'brief')
      ? NO_TASK_RUNS
      : await repository.taskRuns(
          page.rows.map(({ id }) => id),
          TASK_RUNS_MAX,
        );
    const whys = flagOf(asked.query, 'why') ? await reasons.of(page.rows, systemClock.now()) : NO_REASONS;
    asked.json(
      pageBody(page, (row) => {
        const why = whys.get(row.id);
        return { ...bodyOfExecution({ ...row, taskRunList: taskRuns.get(row.id) }), ...(why ? { why } : {}) };
      }),
    );
  };
  return {
    createExecution: create,
    triggerExecution: create,
    readExecution: async (asked) => asked.json(bodyOf(await executions.read(asked.params.executionId!))),
    searchExecutions: (asked) => search(asked),
    executionsOfFlow: async (asked) => {
      for (const name of ['namespace', 'flowId'])
        if (textOf(asked.query, name) === undefined) throw refused(name, 'a value', '');
      await search(asked, { namespacePrefix: undefined, namespace: textOf(asked.query, 'namespace') });
    },
    followExecution: (asked) =>
      followExecution(followed, asked.params.executionId!, asked.stream, { resume: flagOf(asked.query, 'resume') }),
    followDependencies: (asked) => followDependencies(parts, asked.params.executionId!, asked.stream),
    killExecution: async (asked) => {
      const alone = !flagOf(asked.query, 'isOnKillCascade', true);
      await kill(parts, asked.params.executionId!, { principal: asked.user, alone });
      asked.json({ message: STATUS_CODES[202] }, 202);
    },
  } satisfies Partial<Handlers>;
}

function startAsked(asked: Asked): StartAsked {
  const { namespace, flowId } = asked.params;
  return {
    name: { tenant: TENANT, namespace: namespace!, id: flowId! },
    revision: wholeOf(asked.query, 'revision', 1),
    given: (form) => formOf(asked.context.req, form),
    labels: labelPairs(asked.query),
    principal: asked.user,
    scheduleDateMs: timeOf(asked.query, 'scheduleDate'),
    idempotencyKey: asked.context.req.headers['idempotency-key'] as string | undefined,
  };
}

/** Acknowledged at the gate: from then on no work of it begins. Throws `execution.unknown`, `execution.ended`. */
export async function kill(
  { bus, executions }: Pick<ExecutionParts, 'bus' | 'executions'>,
  id: string,
  { principal, alone }: { readonly principal: string; readonly alone?: boolean },
): Promise<void> {
  const partition = executionPartition(id, bus.partitions);
  for (const untilMs = performance.now() + TAKEN_IN_MS; ; ) {
    const snapshot = await executions.read(id);
    const atMs = await bus.now();
    const message = {
      v: MESSAGE_FORMAT,
      kind: 'kill',
      executionId: id,
      atMs,
      incarnation: snapshot.start.incarnation,
      principal,
      ...(alone ? { alone } : {}),
    } as const;
    const answer = await bus.mailbox.kill(partition, message);
    if (answer === 'accepted') return;
    // Unknown to its partition are those that it has forgotten, and those that it has not taken in yet.
    if (answer === 'ended' || (answer === 'unknown' && isOver(snapshot)))
      throw new Fault('execution.ended', `expected a running execution, got ${id}, which has ended`);
    if (performance.now() > untilMs)
      throw new Fault(
        'bus.unavailable',
        `expected an executor to take in ${id} within ${TAKEN_IN_MS / 1_000} s, got nothing: does one run?`,
      );
    await systemClock.sleep(LOOK_MS);
  }
}
