/** Evaluating an expression as a task run of an execution, or the execution itself, sees it: for whoever writes a flow. */
import { randomBytes } from 'node:crypto';
import { Fault } from '../../../lib/errors.ts';
import { contextOf, givesOutputs } from '../../../lib/execution/context.ts';
import { ExpressionError, NeedsFact, renderText } from '../../../lib/expression/render.ts';
import { attemptRef, type TaskRun } from '../../../lib/model/execution.ts';
import type { Flow } from '../../../lib/model/flow.ts';
import { FLOW_BYTES_MAX, sourceOf } from '../body.ts';
import type { Executions, Snapshot } from '../live/executions.ts';
import type { Flows } from '../live/flows.ts';
import type { Asked, Handlers } from './register.ts';

export interface EvaluationParts {
  readonly executions: Executions;
  readonly flows: Flows;
}

export function evaluationHandlers(parts: EvaluationParts) {
  return {
    evaluate: async (asked) => asked.json(await evaluated(parts, asked)),
    evaluateInTaskRun: async (asked) => asked.json(await evaluated(parts, asked, asked.params.taskRunId)),
  } satisfies Partial<Handlers>;
}

/** What it gives, or why it gives nothing. */
async function evaluated(
  { executions, flows }: EvaluationParts,
  asked: Asked,
  taskRunId?: string,
): Promise<{ readonly result: string } | { readonly error: string; readonly stackTrace: string }> {
  const expression = await sourceOf(asked.context.req, FLOW_BYTES_MAX);
  const snapshot = await executions.read(asked.params.executionId!);
  const { flow } = await flows.ofExecution(snapshot.start);
  const taskRun = taskRunId === undefined ? undefined : snapshot.taskRuns.find(({ id }) => id === taskRunId);
  if (taskRunId !== undefined && !taskRun)
    throw new Fault('execution.refused', `expected a task run of the execution, got ${taskRunId}`);
  try {
    return { result: rendered(expression, flow, snapshot, taskRun) };
  } catch (error) {
    if (!(error instanceof ExpressionError) && !(error instanceof NeedsFact)) throw error;
    const said =
      error instanceof NeedsFact
        ? `${error.question.kind}() is answered where a task runs, and not here`
        : error.message;
    return { error: said, stackTrace: said };
  }
}

/** As a task run, or the execution itself, sees it. Secrets stay sealed. Throws ExpressionError and NeedsFact. */
export function rendered(expression: string, flow: Flow, snapshot: Snapshot, taskRun?: TaskRun): string {
  const known = new Map(snapshot.taskRuns.map((each) => [each.id, each]));
  const context = contextOf({
    start: snapshot.start,
    head: snapshot.head,
    flow,
    taskRuns: snapshot.taskRuns,
    taskRun: (id) => known.get(id),
    ...(taskRun ? { place: placeOf(snapshot, taskRun, known) } : {}),
  });
  return renderText(expression, context, { nowMs: Date.now(), random: (bytes) => randomBytes(bytes) });
}

function placeOf({ start }: Snapshot, taskRun: TaskRun, known: ReadonlyMap<string, TaskRun>) {
  const parents = [];
  for (let at = parentOf(taskRun, known); at; at = parentOf(at, known))
    parents.push({
      taskRunId: at.id,
      taskId: at.taskId,
      ...iterationOf(at),
      ...(givesOutputs(at) ? { gives: true as const } : {}),
    });
  return {
    ref: attemptRef(start.id, taskRun.id, Math.max(1, taskRun.attempts.length)),
    taskId: taskRun.taskId,
    parents,
    startedAtMs: taskRun.history[0]![1],
    ...iterationOf(taskRun),
  };
}

const parentOf = ({ parentId }: TaskRun, known: ReadonlyMap<string, TaskRun>): TaskRun | undefined =>
  parentId === undefined ? undefined : known.get(parentId);

const iterationOf = ({ value, iteration }: TaskRun) => ({
  ...(value === undefined ? {} : { value }),
  ...(iteration === undefined ? {} : { iteration }),
});
