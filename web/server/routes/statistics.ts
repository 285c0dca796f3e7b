/** What dashboards show. Filters come in the body: they are read as those of a search are read from the address. */
import { systemClock } from '../../../lib/clock.ts';
import { Fault } from '../../../lib/errors.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import type { FlowRow, Repository } from '../../../lib/repository/repository.ts';
import type { ExecutionCount, ExecutionCounting } from '../../../lib/repository/statistics.ts';
import { FORM_BYTES_MAX, jsonOf, notJson } from '../body.ts';
import type { FlowLists } from '../live/flow-lists.ts';
import type { Flows } from '../live/flows.ts';
import { bodyOfExecution } from '../views/execution.ts';
import { byFlowBody, byNamespaceBody, type Charted, dailyExecutionsBody, dailyLogsBody } from '../views/statistics.ts';
import { widthOf } from '../views/time-groups.ts';
import { refused, spanOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { executionsAsked, linesAsked } from './searches.ts';

const FLOWS_MAX = 1_000;
const REVISIONS_KNOWN_MAX = 20_000;

export interface StatisticsParts {
  readonly flows: Flows;
  readonly lists: FlowLists;
  readonly repository: Repository;
}

export function statisticsHandlers({ flows, lists, repository }: StatisticsParts) {
  const triggersOf = triggerCounter(flows);
  const counts = async (asked: Asked, by?: ExecutionCounting['by']) => {
    const body = await jsonOf(asked.context.req, FORM_BYTES_MAX);
    return countedExecutions(repository, body, by ?? (body.namespaceOnly === true ? 'namespace' : 'flow'));
  };
  return {
    statisticsSummary: async (asked) => {
      const { namespace } = await jsonOf(asked.context.req, FORM_BYTES_MAX);
      const within = typeof namespace === 'string' && namespace !== '' ? { namespacePrefix: namespace } : {};
      const rows = await lists.all({ tenant: TENANT, ...within });
      asked.json({ flows: rows.length, triggers: rows.reduce((all, row) => all + triggersOf(row), 0) });
    },
    dailyExecutions: async (asked) => {
      const body = await jsonOf(asked.context.req, FORM_BYTES_MAX);
      const { counted, charted } = await countedExecutions(repository, body);
      asked.json(dailyExecutionsBody(counted, charted));
    },
    dailyExecutionsByNamespace: async (asked) =>
      asked.json(byNamespaceBody((await counts(asked, 'namespace')).counted)),
    dailyExecutionsByFlow: async (asked) => {
      const { counted, charted } = await counts(asked);
      asked.json(byFlowBody(counted, charted));
    },
    latestExecutionsByFlow: async (asked) => {
      const { flows } = await jsonOf(asked.context.req, FORM_BYTES_MAX);
      const names = flowsIn(flows) ?? (await repository.flowNames(TENANT)).slice(0, FLOWS_MAX);
      const latest = await repository.latestExecutions(TENANT, names);
      asked.json(latest.map((execution) => bodyOfExecution(execution)));
    },
    dailyLogs: async (asked) => {
      const { logLevel, ...body } = await jsonOf(asked.context.req, FORM_BYTES_MAX);
      const query = asQuery({ ...body, ...(logLevel === undefined ? {} : { minLevel: logLevel }) });
      const charted = spanOf(query, systemClock.now());
      const { levels, flowId, where } = await linesAsked(query, repository);
      const asking = { levels, flowId, where };
      asked.json(dailyLogsBody(await repository.countLines({ ...asking, ...spanAsked(charted) }), charted));
    },
  } satisfies Partial<Handlers>;
}

/** A revision is parsed once. */
function triggerCounter(flows: Flows): (row: FlowRow) => number {
  const known = new Map<string, number>();
  return ({ namespace, id, revision, source }) => {
    if (!source.includes('triggers')) return 0;
    const key = `${namespace}/${id}/${revision}`;
    const found = known.get(key) ?? flows.parse(source).flow?.triggers.length ?? 0;
    if (known.size >= REVISIONS_KNOWN_MAX) known.clear();
    known.set(key, found);
    return found;
  };
}

const spanAsked = ({ groupBy, ...span }: Charted) => ({ ...span, widthMs: widthOf(groupBy) });

async function countedExecutions(
  repository: Repository,
  { flows, ...body }: Readonly<Record<string, unknown>>,
  by?: ExecutionCounting['by'],
): Promise<{ readonly counted: readonly ExecutionCount[]; readonly charted: Charted }> {
  const query = asQuery(body);
  const charted = spanOf(query, systemClock.now());
  const { tenant, text, namespacePrefix, flowId, states, labels, where } = await executionsAsked(query, repository);
  const filter = { tenant, text, namespacePrefix, flowId, states, labels, where, flows: flowsIn(flows) };
  return { counted: await repository.countExecutions({ ...filter, ...spanAsked(charted), by }), charted };
}

/** Undefined where none is named: Kestra's page sends a list with an empty name then. */
function flowsIn(value: unknown): readonly { readonly namespace: string; readonly id: string }[] | undefined {
  if (value === undefined || value === null) return undefined;
  const expected = 'flows: a list of { namespace, id }';
  if (!Array.isArray(value)) throw notJson(expected, value);
  if (value.length > FLOWS_MAX)
    throw new Fault('request.invalid', `expected at most ${FLOWS_MAX} flows, got ${value.length}`);
  const names = value.map((each: { readonly namespace?: unknown; readonly id?: unknown }) => {
    const { namespace, id } = each ?? {};
    if ((namespace ?? id ?? undefined) === undefined) return undefined;
    if (typeof namespace !== 'string' || typeof id !== 'string')
      throw new Fault('request.invalid', `expected ${expected}, got ${JSON.stringify(each).slice(0, 60)}`);
    return { namespace, id };
  });
  const named = names.filter((name) => name !== undefined);
  return named.length > 0 ? named : undefined;
}

/** Texts, and lists of them; what is null is absent. */
function asQuery(body: Readonly<Record<string, unknown>>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (value === null || name === 'namespaceOnly') continue;
    for (const each of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (typeof each !== 'string') throw refused(name, 'a text or a list of texts', JSON.stringify(each));
      query.append(name, each);
    }
  }
  return query;
}
