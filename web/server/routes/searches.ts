/**
 * What a search of executions, flows or log lines asks for: plain parameters, as clients have sent them since Kestra 0.21, and
 * filters, as they do since 1.0; both must fit.
 */
import { systemClock } from '../../../lib/clock.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import type { ExecutionSearch, FlowSearch, LineSearch, Repository } from '../../../lib/repository/repository.ts';
import type { ExecutionWhere, FlowWhere, LabelTerm, LineWhere, Where } from '../../../lib/repository/where.ts';
import { type Filters, filtersIn, leavesOf, type Strictness } from './filters.ts';
import { pageOf, sortOf } from './paging.ts';
import { labelPairs, levelsFrom, listOf, textOf, timesOf } from './query.ts';
import * as terms from './terms.ts';

const EXECUTION_SORTS = {
  id: 'id',
  namespace: 'namespace',
  flowId: 'flowId',
  'state.current': 'state',
  'state.startDate': 'startDate',
  'state.endDate': 'endDate',
  'state.duration': 'duration',
  startDate: 'startDate',
  endDate: 'endDate',
} as const;
const FLOW_SORTS = { id: 'id', namespace: 'namespace' } as const;
const LINE_SORTS = { timestamp: 'timestamp' } as const;

type Names = { readonly namespaces: readonly string[]; readonly ids: readonly string[] };
type Term<W> = W extends Where<infer T> ? T : never;

const NO_NAMES: Names = { namespaces: [], ids: [] };

/** Patterns are tried on the names that there are: no database is asked to run what a stranger writes. */
async function namesFor(filters: Filters, repository: Repository): Promise<Names> {
  if (!leavesOf(filters).some(({ operation }) => operation === 'REGEX')) return NO_NAMES;
  const names = await repository.flowNames(TENANT);
  return {
    namespaces: [...new Set(names.map(({ namespace }) => namespace))],
    ids: [...new Set(names.map(({ id }) => id))],
  };
}

/** Absent where nothing is asked: most searches have none. */
const given = <W>(where: W): { readonly where?: W } => (isEmpty(where) ? {} : { where });
const isEmpty = (where: unknown): boolean =>
  typeof where === 'object' && where !== null && 'all' in where && (where.all as readonly unknown[]).length === 0;

const child: terms.Meaning<{ readonly present: 'triggerExecutionId' }> = ({ name, operation, values }) => {
  const is = terms.oneOf(values[0] ?? '', ['CHILD', 'MAIN'], name);
  const present = { present: 'triggerExecutionId' } as const;
  return (is === 'CHILD') === (operation === 'EQUALS') ? present : { not: present };
};

/** All executions are of this kind; the others are not made here. */
const kind: terms.Meaning<never> = ({ operation, values }) => {
  const isAsked = values.some((each) => each.toUpperCase() === 'NORMAL');
  return isAsked === (operation === 'EQUALS' || operation === 'IN') ? { all: [] } : { any: [] };
};

function executionMeanings(names: Names, nowMs: number): terms.Meanings<Term<ExecutionWhere>> {
  return {
    q: terms.anywhere,
    query: terms.anywhere,
    scope: terms.scope,
    namespace: terms.text('namespace', { known: () => names.namespaces }),
    flowid: terms.text('flowId', { known: () => names.ids }),
    executionid: terms.text('id'),
    state: terms.chosen('state', terms.knownState),
    labels: terms.labels,
    triggerexecutionid: terms.text('triggerExecutionId'),
    childfilter: child,
    kind,
    // Both bound the start, as the plain parameters do.
    startdate: terms.instant('startMs'),
    enddate: terms.instant('startMs'),
    timerange: terms.since('startMs', nowMs),
  };
}

/** Throws `request.parameter`. */
export async function executionsAsked(
  query: URLSearchParams,
  repository: Repository,
  strictness: Strictness = {},
): Promise<ExecutionSearch> {
  const nowMs = systemClock.now();
  const filters = filtersIn(query, strictness);
  const { fromMs, untilMs } = timesOf(query, nowMs);
  const states = listOf(query, 'state').map((each) => terms.knownState(each, 'state'));
  const plain: ExecutionWhere[] = [];
  const scopes = listOf(query, 'scope');
  if (scopes.length > 0) plain.push(terms.scope(plainFilter('scope', scopes)));
  const childFilter = textOf(query, 'childFilter');
  if (childFilter !== undefined) plain.push(child(plainFilter('childFilter', [childFilter])));
  const where = terms.whereOf(filters, executionMeanings(await namesFor(filters, repository), nowMs));
  return {
    tenant: TENANT,
    ...pageOf(query),
    sort: sortOf(query, EXECUTION_SORTS),
    text: anyText(query),
    namespacePrefix: textOf(query, 'namespace'),
    flowId: textOf(query, 'flowId'),
    states: states.length > 0 ? states : undefined,
    labels: Object.fromEntries(labelPairs(query)),
    startedAfterMs: fromMs,
    startedBeforeMs: untilMs,
    triggerExecutionId: textOf(query, 'triggerExecutionId'),
    ...given<ExecutionWhere>(plain.length > 0 ? { all: [...plain, where] } : where),
  };
}

const plainFilter = (name: string, values: readonly string[]) =>
  ({ name, field: name, operation: 'EQUALS', values }) as const;

const anyText = (query: URLSearchParams): string | undefined =>
  textOf(query, 'q') === '*' ? undefined : textOf(query, 'q');

export type FlowTerm = Term<FlowWhere> | LabelTerm;

/** Labels stand in the source alone: whoever searches looks at them, see `searchFlows`. */
export interface FlowsAsked extends Omit<FlowSearch, 'where'> {
  readonly where?: Where<FlowTerm>;
}

/** Throws `request.parameter`. */
export async function flowsAsked(
  query: URLSearchParams,
  repository: Repository,
  strictness: Strictness = {},
): Promise<FlowsAsked> {
  const filters = filtersIn(query, strictness);
  const names = await namesFor(filters, repository);
  const where = terms.whereOf<FlowTerm>(filters, {
    q: terms.anywhere,
    query: terms.anywhere,
    scope: terms.scope,
    namespace: terms.text('namespace', { known: () => names.namespaces }),
    flowid: terms.text('id', { known: () => names.ids }),
    labels: terms.labels,
  });
  const plain: Where<FlowTerm>[] = labelPairs(query).map(([label, value]) => ({ label, value }));
  const scopes = listOf(query, 'scope');
  if (scopes.length > 0) plain.push(terms.scope(plainFilter('scope', scopes)));
  return {
    tenant: TENANT,
    ...pageOf(query),
    sort: sortOf(query, FLOW_SORTS),
    text: anyText(query),
    namespacePrefix: textOf(query, 'namespace'),
    ...given<Where<FlowTerm>>(plain.length > 0 ? { all: [...plain, where] } : where),
  };
}

/** Throws `request.parameter`. */
export async function linesAsked(query: URLSearchParams, repository: Repository): Promise<LineSearch> {
  const nowMs = systemClock.now();
  const filters = filtersIn(query);
  const names = await namesFor(filters, repository);
  const { fromMs, untilMs } = timesOf(query, nowMs);
  const where = terms.whereOf<Term<LineWhere>>(filters, {
    q: terms.anywhere,
    query: terms.anywhere,
    scope: terms.scope,
    namespace: terms.text('namespace', { known: () => names.namespaces }),
    flowid: terms.text('flowId', { known: () => names.ids }),
    executionid: terms.text('executionId'),
    taskid: terms.text('taskId'),
    level: terms.leastLevel,
    minlevel: terms.leastLevel,
    startdate: terms.instant('atMs'),
    enddate: terms.instant('atMs'),
    timerange: terms.since('atMs', nowMs),
    // Lines of triggers are not kept yet: none has one.
    triggerid: ({ operation }) => (operation.startsWith('NOT') ? { all: [] } : { any: [] }),
  });
  const plain: LineWhere[] = [];
  const namespace = textOf(query, 'namespace');
  if (namespace !== undefined) plain.push({ field: 'namespace', is: 'below', value: namespace });
  if (fromMs !== undefined) plain.push({ field: 'atMs', is: 'atLeast', value: fromMs });
  if (untilMs !== undefined) plain.push({ field: 'atMs', is: 'atMost', value: untilMs });
  if (textOf(query, 'triggerId') !== undefined) plain.push({ any: [] });
  const text = anyText(query);
  if (text !== undefined) plain.push({ anywhere: text });
  return {
    ...pageOf(query),
    descending: sortOf(query, LINE_SORTS)?.descending ?? false,
    levels: levelsFrom(query, 'minLevel'),
    flowId: textOf(query, 'flowId'),
    executionId: textOf(query, 'executionId'),
    ...given<LineWhere>(plain.length > 0 ? { all: [...plain, where] } : where),
  };
}
