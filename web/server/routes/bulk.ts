/**
 * The same for many executions: by their ids, or all that a search finds. All are looked at first; where it cannot be done to one
 * of them, it is done to none.
 */
import { randomBytes } from 'node:crypto';
import { Fault } from '../../../lib/errors.ts';
import { idOf } from '../../../lib/model/ids.ts';
import type { Problem } from '../../../lib/model/problem.ts';
import { type State, stateOf } from '../../../lib/model/state.ts';
import type { ExecutionSearch } from '../../../lib/repository/repository.ts';
import { walkExecutions } from '../../../lib/repository/walk.ts';
import type { BulkBody } from '../../api/bodies.ts';
import { FORM_BYTES_MAX, jsonIn, textsOf } from '../body.ts';
import { caughtUp } from '../live/caught-up.ts';
import type { Snapshot } from '../live/executions.ts';
import { labelsOf } from '../live/given-labels.ts';
import { isOver } from '../live/live.ts';
import { type ExecutionParts, kill } from './executions.ts';
import { labelPairsIn, type OperationParts, remove, replayWhole, restart, stateIn } from './operations.ts';
import { flagOf, textOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { executionsAsked } from './searches.ts';

const IDS_MAX = 10_000;
const AT_ONCE = 20;

type Parts = OperationParts & Pick<ExecutionParts, 'bus' | 'repository'>;

interface Operation {
  /** Why it cannot be done. */
  readonly refusal: (snapshot: Snapshot) => string | undefined;
  readonly act: (id: string) => Promise<unknown>;
}

const mustHaveEnded = (snapshot: Snapshot): string | undefined =>
  isOver(snapshot) ? undefined : 'expected an execution that has ended';
const mustLive = (snapshot: Snapshot): string | undefined =>
  isOver(snapshot) ? 'expected an execution that has not ended' : undefined;
const mustBe =
  (...states: readonly State[]) =>
  ({ head }: Snapshot): string | undefined =>
    states.includes(stateOf(head.history))
      ? undefined
      : `expected ${states.join(' or ')}, got ${stateOf(head.history)}`;

/** What is done to each, as the request says. */
const OPERATIONS = {
  kill: ({ user }, parts) => ({ refusal: mustLive, act: (id) => kill(parts, id, { principal: user }) }),
  pause: ({ user }, { commands }) => ({
    refusal: mustBe('RUNNING', 'PAUSED', 'RETRYING'),
    act: (id) => commands.pause(id, user),
  }),
  resume: ({ user: principal }, { commands }) => ({
    refusal: mustBe('PAUSED'),
    act: (id) => commands.resume(id, { principal }),
  }),
  restart: ({ user }, parts) => ({ refusal: mustHaveEnded, act: (id) => restart(parts, id, user) }),
  replay: ({ user, query }, parts) => ({
    refusal: mustHaveEnded,
    act: (id) => replayWhole(parts, id, user, flagOf(query, 'latestRevision')),
  }),
  changeStatus: ({ user, query }, { commands }) => {
    const state = stateIn('newStatus', textOf(query, 'newStatus') ?? '');
    return { refusal: mustHaveEnded, act: (id) => commands.changeState(id, state, user) };
  },
  forceRun: ({ user }, { commands }) => ({ refusal: mustLive, act: (id) => commands.forceRun(id, user) }),
  // Nothing is ever queued: flows have no limit of concurrency yet.
  unqueue: () => ({ refusal: mustBe('QUEUED'), act: async () => {} }),
  delete: (asked, parts) => ({
    refusal: flagOf(asked.query, 'includeNonTerminated') ? () => undefined : mustHaveEnded,
    act: (id) => removed(parts, id, asked),
  }),
} satisfies Readonly<Record<string, (asked: Asked, parts: Parts) => Operation>>;

const labelling = ({ commands }: Parts, value: unknown): Operation => {
  const wanted = labelsOf(labelPairsIn(value));
  return { refusal: mustHaveEnded, act: (id) => commands.relabel(id, wanted) };
};

export function bulkHandlers(parts: Parts) {
  const byIds = (name: keyof typeof OPERATIONS) => async (asked: Asked) =>
    asked.json(bulkBody(await actOn(parts, OPERATIONS[name](asked, parts), await idsIn(asked))));
  const byQuery = (name: keyof typeof OPERATIONS) => async (asked: Asked) => {
    const strictness = { strict: true, written: await filtersInBody(asked) };
    const ids = await idsFound(parts, await executionsAsked(asked.query, parts.repository, strictness));
    asked.json(bulkBody(await actOn(parts, OPERATIONS[name](asked, parts), ids)));
  };
  return {
    killByIds: byIds('kill'),
    killByQuery: byQuery('kill'),
    pauseByIds: byIds('pause'),
    pauseByQuery: byQuery('pause'),
    resumeByIds: byIds('resume'),
    resumeByQuery: byQuery('resume'),
    restartByIds: byIds('restart'),
    restartByQuery: byQuery('restart'),
    replayByIds: byIds('replay'),
    replayByQuery: byQuery('replay'),
    changeStatusByIds: byIds('changeStatus'),
    changeStatusByQuery: byQuery('changeStatus'),
    forceRunByIds: byIds('forceRun'),
    forceRunByQuery: byQuery('forceRun'),
    unqueueByIds: byIds('unqueue'),
    unqueueByQuery: byQuery('unqueue'),
    deleteByIds: byIds('delete'),
    deleteByQuery: byQuery('delete'),
    labelsByIds: async (asked) => {
      const body = (await jsonIn(asked.context.req, FORM_BYTES_MAX)) as
        | { readonly executionsId?: readonly string[]; readonly executionLabels?: unknown }
        | undefined;
      const ids = Array.isArray(body?.executionsId) ? body.executionsId.map(String) : [];
      asked.json(bulkBody(await actOn(parts, labelling(parts, body?.executionLabels), ids)));
    },
    labelsByQuery: async (asked) => {
      const wanted = labelling(parts, await jsonIn(asked.context.req, FORM_BYTES_MAX));
      const search = await executionsAsked(asked.query, parts.repository, { strict: true });
      asked.json(bulkBody(await actOn(parts, wanted, await idsFound(parts, search))));
    },
  } satisfies Partial<Handlers>;
}

/** As Kestra 1.x names it, and 2.0 beside: all is done when it is answered, so the operation is a name alone. */
export const bulkBody = (count: number): BulkBody => ({
  count,
  totalItems: count,
  operationId: idOf(randomBytes(16)),
});

async function removed(parts: Parts, id: string, asked: Asked): Promise<void> {
  const snapshot = await parts.executions.read(id);
  if (!isOver(snapshot)) {
    await kill(parts, id, { principal: asked.user });
    await parts.commands.ended(id);
  }
  await remove(parts, id, asked.query);
}

/** Clients before 1.3 send filters so, where others write them into the address. */
export async function filtersInBody({ context }: Asked): Promise<unknown> {
  const body = await jsonIn(context.req, FORM_BYTES_MAX);
  return (body as { readonly filters?: unknown } | undefined)?.filters;
}

async function idsIn(asked: Asked): Promise<readonly string[]> {
  const ids = await textsOf(asked.context.req, FORM_BYTES_MAX);
  if (ids.length > IDS_MAX) throw new Fault('request.invalid', `expected at most ${IDS_MAX} ids, got ${ids.length}`);
  return [...new Set(ids)];
}

async function idsFound({ bus, repository }: Parts, search: ExecutionSearch): Promise<readonly string[]> {
  await caughtUp({ bus, repository }, 'x');
  const ids: string[] = [];
  for await (const rows of walkExecutions(repository, search)) {
    ids.push(...rows.map(({ id }) => id));
    if (ids.length >= IDS_MAX) break;
  }
  return ids;
}

/** How many it was done to. Throws `request.invalid` with a problem for each that it cannot be done to. */
async function actOn({ executions }: Parts, { refusal, act }: Operation, ids: readonly string[]): Promise<number> {
  const problems: Problem[] = [];
  await inParts(ids, async (id) => {
    const snapshot = await executions.find(id);
    const why = snapshot ? refusal(snapshot) : 'expected an execution, got none';
    if (why !== undefined) problems.push({ severity: 'error', path: id, message: why });
  });
  if (problems.length > 0)
    throw new Fault('request.invalid', `expected executions that this can be done to, got ${problems.length} others`, {
      problems,
    });
  await inParts(ids, act);
  return ids.length;
}

async function inParts(ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) await Promise.all(ids.slice(from, from + AT_ONCE).map(act));
}
