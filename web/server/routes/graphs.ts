/** Graphs of flows and executions, called flows opened as asked; and which flows depend on which. */
import { Fault, textOf } from '../../../lib/errors.ts';
import { ExpressionError, NeedsFact } from '../../../lib/expression/render.ts';
import { calledBy, isDynamic } from '../../../lib/graph/calls.ts';
import { graphOf } from '../../../lib/graph/flow-graph.ts';
import type { FlowGraph, TaskNode } from '../../../lib/graph/graph.ts';
import type { TaskRun } from '../../../lib/model/execution.ts';
import { type Flow, type FlowName, TENANT } from '../../../lib/model/flow.ts';
import { type Dependencies, dependenciesOf } from '../live/dependencies.ts';
import type { Executions, Snapshot } from '../live/executions.ts';
import type { FlowLists } from '../live/flow-lists.ts';
import type { Flows } from '../live/flows.ts';
import { invalidFlow } from '../refusals.ts';
import { graphBody } from '../views/graph.ts';
import { rendered } from './evaluation.ts';
import { flowSourceIn } from './flow-sources.ts';
import { flowNameIn } from './flows.ts';
import { flagOf, listOf, refused, wholeOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';

const OPENED_MAX = 50;

export interface GraphParts {
  readonly executions: Executions;
  readonly flows: Flows;
  readonly lists: FlowLists;
}

export function graphHandlers(parts: GraphParts) {
  const { executions, flows } = parts;
  return {
    flowGraph: async (asked) => {
      const name = flowNameIn(asked);
      const revision = wholeOf(asked.query, 'revision', 1);
      const known = revision === undefined ? await flows.read(name) : undefined;
      const flow = known ? known.flow : (await flows.ofRevision(name, revision!)).flow;
      if (!flow) throw invalidFlow(flows.parse(known!.document.source).problems);
      asked.json(graphBody(await opened(parts, asked, flow)));
    },
    graphOfSource: async (asked) => {
      const { flow, problems } = flows.parse(await flowSourceIn(asked));
      if (!flow) throw invalidFlow(problems);
      asked.json(graphBody(await opened(parts, asked, flow)));
    },
    executionGraph: async (asked) => {
      const snapshot = await executions.read(asked.params.executionId!);
      const { flow } = await flows.ofExecution(snapshot.start);
      asked.json(graphBody(await opened(parts, asked, flow, snapshot), snapshot.start));
    },
    flowDependencies: async (asked) => {
      const name = flowNameIn(asked);
      await flows.read(name);
      const targetsOnly = flagOf(asked.query, 'destinationOnly');
      const all = flagOf(asked.query, 'expandAll');
      asked.json(dependenciesBody(await dependenciesOf(parts, [name], { targetsOnly, all })));
    },
    namespaceDependencies: async (asked) => {
      const rows = await parts.lists.all({ tenant: TENANT, namespace: asked.params.namespace! });
      const targetsOnly = flagOf(asked.query, 'destinationOnly');
      asked.json(dependenciesBody(await dependenciesOf(parts, rows, { targetsOnly })));
    },
  } satisfies Partial<Handlers>;
}

const uidOf = ({ tenant, namespace, id }: FlowName): string => `${tenant}_${namespace}_${id}`;

const dependenciesBody = ({ nodes, edges }: Dependencies): object => ({
  nodes: nodes.map((name) => ({ uid: uidOf(name), tenantId: name.tenant, namespace: name.namespace, id: name.id })),
  edges: edges.map(({ source, target, relation }) => ({ source: uidOf(source), target: uidOf(target), relation })),
});

/** A called flow may call others that are to be opened: drawn anew until all that can be found are open. */
async function opened({ flows }: GraphParts, asked: Asked, flow: Flow, snapshot?: Snapshot): Promise<FlowGraph> {
  const wanted = new Set(listOf(asked.query, 'subflows'));
  if (wanted.size > OPENED_MAX) throw refused('subflows', `at most ${OPENED_MAX} tasks`, `${wanted.size}`);
  const open = new Map<string, Flow>();
  for (;;) {
    const graph = graphOf(flow, { opened: open, ...(snapshot ? { taskRuns: snapshot.taskRuns } : {}) });
    const closed = graph.nodes.filter(
      (node): node is TaskNode => node.kind === 'subflow' && wanted.has(node.uid) && !open.has(node.uid),
    );
    if (closed.length === 0) return graph;
    for (const node of closed) open.set(node.uid, await calledFlow(flows, node, flow, snapshot));
  }
}

async function calledFlow(flows: Flows, { task, taskRun }: TaskNode, flow: Flow, snapshot?: Snapshot): Promise<Flow> {
  const written = calledBy(task)!;
  const called = isDynamic(written) && taskRun && snapshot ? renderedCall(written, flow, snapshot, taskRun) : written;
  if (isDynamic(called))
    throw refused(
      'subflows',
      `a task that names its flow as it is, or an execution of it`,
      task.id,
      `Can't expand subflow task '${task.id}' because namespace and/or flowId contains dynamic values. This can only be viewed on an execution.`,
    );
  const name = { tenant: TENANT, namespace: called.namespace, id: called.flowId };
  if (called.revision !== undefined) return (await flows.ofRevision(name, called.revision)).flow;
  const found = (await flows.read(name)).flow;
  if (!found) throw new Fault('flow.invalid', `expected ${name.namespace}.${name.id} to be valid, got problems`);
  return found;
}

function renderedCall(
  called: ReturnType<typeof calledBy> & object,
  flow: Flow,
  snapshot: Snapshot,
  taskRun: TaskRun,
): typeof called {
  const render = (text: string): string => rendered(text, flow, snapshot, taskRun);
  try {
    return { ...called, namespace: render(called.namespace), flowId: render(called.flowId) };
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof NeedsFact)
      throw new Fault('expression.invalid', `${taskRun.taskId}: ${textOf(error)}`);
    throw error;
  }
}
