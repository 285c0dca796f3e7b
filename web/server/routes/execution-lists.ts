/** Executions around one flow or another: what can be started, the latest of each, tables of them, and what they gave. */
import { Readable } from 'node:stream';
import { Fault } from '../../../lib/errors.ts';
import type { Execution } from '../../../lib/model/execution.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import { isEnded, sinceOf, stateOf } from '../../../lib/model/state.ts';
import type { ExecutionSearch, FlowRow, Repository } from '../../../lib/repository/repository.ts';
import { walkExecutions } from '../../../lib/repository/walk.ts';
import { FORM_BYTES_MAX, jsonIn } from '../body.ts';
import { csvLine } from '../csv.ts';
import type { Executions } from '../live/executions.ts';
import type { FlowLists } from '../live/flow-lists.ts';
import { type Flows, unknownFlow } from '../live/flows.ts';
import { flowBriefBody } from '../views/flow-brief.ts';
import { iso, isoDuration } from '../views/time.ts';
import { wholeOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { executionsAsked, flowsAsked } from './searches.ts';

const LATEST_MAX = 1_000;
const CSV_ROWS_MAX = 1_000_000;
const EXECUTION_COLUMNS = [
  'id',
  'namespace',
  'flowId',
  'flowRevision',
  'state',
  'startDate',
  'endDate',
  'duration',
  'labels',
  'triggerId',
  'triggerType',
];
const FLOW_COLUMNS = ['id', 'namespace', 'revision', 'disabled', 'labels', 'description', 'updated'];

export interface ExecutionListParts {
  readonly executions: Executions;
  readonly flows: Flows;
  readonly lists: FlowLists;
  readonly repository: Repository;
}

export function executionListHandlers(parts: ExecutionListParts) {
  const { executions, flows, lists, repository } = parts;
  return {
    executableNamespaces: async (asked) => asked.json(await lists.namespaces(TENANT)),
    executableFlows: async (asked) => {
      const rows = await lists.all({ tenant: TENANT, namespace: asked.params.namespace! });
      asked.json(rows.flatMap((row) => briefOf(flows, row)));
    },
    executableFlow: async (asked) => {
      const { namespace = '', flowId: id = '' } = asked.params;
      const name = { tenant: TENANT, namespace, id };
      const revision = wholeOf(asked.query, 'revision', 1);
      const known = revision === undefined ? await flows.read(name) : undefined;
      const flow = known ? known.flow : (await flows.ofRevision(name, revision!)).flow;
      if (!flow) throw unknownFlow(name);
      asked.json(flowBriefBody(flow, revision ?? known!.document.revision));
    },
    flowOfExecution: async (asked) => {
      const { start } = await executions.read(asked.params.executionId!);
      const { flow, revision } = await flows.ofExecution(start);
      asked.json(flowBriefBody(flow, revision));
    },
    latestExecutions: async (asked) => asked.json(await latest(repository, asked)),
    exportExecutions: async (asked) =>
      sendCsv(asked, 'executions.csv', executionRows(repository, await executionsAsked(asked.query, repository))),
    exportFlowsAsCsv: async (asked) => {
      const { limit: _, offset: __, ...listing } = await flowsAsked(asked.query, repository);
      const rows = await lists.all(listing);
      sendCsv(asked, 'flows.csv', flowRows(flows, rows));
    },
    executionOutputs: async (asked) => {
      const { head } = await executions.read(asked.params.executionId!);
      asked.json(head.outputs ?? {});
    },
    taskOutputs: (asked) => taskOutputs(executions, asked),
    taskOutputsBefore: (asked) => taskOutputs(executions, asked),
    taskRunOutputs: (asked) => taskRunOutputs(executions, asked),
    taskRunOutputsBefore: (asked) => taskRunOutputs(executions, asked),
  } satisfies Partial<Handlers>;
}

const briefOf = (flows: Flows, row: FlowRow): readonly object[] => {
  const { flow } = flows.parse(row.source);
  return flow ? [flowBriefBody(flow, row.revision)] : [];
};

/** Which task runs have given something. */
async function taskOutputs(executions: Executions, asked: Asked): Promise<void> {
  const { taskRuns } = await executions.read(asked.params.executionId!);
  const given = taskRuns.filter(({ outputs }) => outputs && Object.keys(outputs).length > 0);
  asked.json(
    given.map(({ id, taskId, value, iteration }) => ({
      taskId,
      taskRunId: id,
      ...(value === undefined ? {} : { value }),
      ...(iteration === undefined ? {} : { iteration }),
      inline: true,
    })),
  );
}

async function taskRunOutputs(executions: Executions, asked: Asked): Promise<void> {
  const { executionId = '', taskRunId = '' } = asked.params;
  const { taskRuns } = await executions.read(executionId);
  const taskRun = taskRuns.find(({ id }) => id === taskRunId);
  if (!taskRun) throw new Fault('execution.unknown', `expected a task run of ${executionId}, got ${taskRunId}`);
  asked.json(taskRun.outputs ?? {});
}

/** In the order of the flows that were named; those that have never run are left out. */
async function latest(repository: Repository, asked: Asked): Promise<readonly object[]> {
  const value = await jsonIn(asked.context.req, FORM_BYTES_MAX);
  const expected = 'a JSON list of { namespace, id }';
  if (!Array.isArray(value)) throw new Fault('request.invalid', `expected ${expected}, got something else`);
  if (value.length > LATEST_MAX)
    throw new Fault('request.invalid', `expected at most ${LATEST_MAX} flows, got ${value.length}`);
  const names = value.map(
    (each: { readonly namespace?: unknown; readonly id?: unknown; readonly flowId?: unknown }) => {
      const id = each?.id ?? each?.flowId;
      if (typeof each?.namespace !== 'string' || typeof id !== 'string')
        throw new Fault('request.invalid', `expected ${expected}, got ${JSON.stringify(each).slice(0, 60)}`);
      return { namespace: each.namespace, id };
    },
  );
  return (await repository.latestExecutions(TENANT, names)).map(lastBody);
}

const lastBody = ({ id, flow, history }: Pick<Execution, 'id' | 'flow' | 'history'>): object => ({
  id,
  flowId: flow.id,
  namespace: flow.namespace,
  startDate: iso(history[0]![1]),
  status: stateOf(history),
});

function sendCsv({ context }: Asked, name: string, lines: AsyncIterable<string>): void {
  context.attachment(name);
  context.type = 'text/csv; charset=utf-8';
  context.body = Readable.from(lines);
}

const pairs = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}:${value}`)
    .join(';');

async function* executionRows(repository: Repository, search: ExecutionSearch): AsyncGenerator<string> {
  yield csvLine(EXECUTION_COLUMNS);
  let count = 0;
  for await (const rows of walkExecutions(repository, search)) {
    yield rows.map(executionLine).join('');
    count += rows.length;
    if (count >= CSV_ROWS_MAX) return;
  }
}

function executionLine({ id, flow, history, labels, trigger }: Omit<Execution, 'taskRunList'>): string {
  const state = stateOf(history);
  const [startMs, lastMs] = [history[0]![1], sinceOf(history)];
  const ended = isEnded(state) ? iso(lastMs) : undefined;
  const about = [iso(startMs), ended, isoDuration(lastMs - startMs), pairs(labels), trigger?.id, trigger?.type];
  return csvLine([id, flow.namespace, flow.id, flow.revision, state, ...about]);
}

async function* flowRows(flows: Flows, rows: readonly FlowRow[]): AsyncGenerator<string> {
  yield csvLine(FLOW_COLUMNS);
  for (const { id, namespace, revision, source, atMs } of rows) {
    const { flow } = flows.parse(source);
    yield csvLine([
      id,
      namespace,
      revision,
      String(flow?.disabled ?? false),
      pairs(flow?.labels ?? {}),
      flow?.description,
      iso(atMs),
    ]);
  }
}
