/** What is encrypted at rest in an execution, in clear for its expressions: inputs, outputs of tasks, outputs of what it has called. */
import { sealedIds } from '../flow/input/order.ts';
import { answerPlace, type Envelope, inputPlace, isEnvelope, outputPlace, taskPlace } from '../model/envelope.ts';
import type { ExecutionStart, TaskRun } from '../model/execution.ts';
import type { Flow } from '../model/flow.ts';
import type { Answer, Question } from '../model/question.ts';

type Values = Readonly<Record<string, unknown>>;

/** In clear. Throws `encryption.unreadable`. */
export type Open = (place: string, envelope: Envelope) => string;

/** What a worker has found out: a named secret comes sealed. */
export function openedAnswer(
  { kind, args }: Question,
  answer: Answer | undefined,
  executionId: string,
  open: Open,
): Answer | undefined {
  if (kind !== 'secret' || !answer || !('value' in answer) || !isEnvelope(answer.value)) return answer;
  return { value: open(answerPlace(executionId, String(args.key)), answer.value) };
}

/** The same start where nothing of it is sealed. `ids`: of inputs; only these are opened. */
export function openedStart(
  start: ExecutionStart,
  flow: Flow,
  open: Open,
  ids: readonly string[] = sealedIds(flow.inputs),
): ExecutionStart {
  let inputs: Values = start.inputs;
  for (const id of ids) {
    const parts = id.split('.');
    const sealed = at(inputs, parts);
    if (isEnvelope(sealed)) inputs = replaced(inputs, parts, open(inputPlace(start.originalId, id), sealed));
  }
  return inputs === start.inputs ? start : { ...start, inputs };
}

/** The same task run where none of its outputs is sealed. What only looks like a secret is sealed for no place here, and stays. */
export function openedRun(taskRun: TaskRun, { originalId }: ExecutionStart, open: Open): TaskRun {
  const { outputs, taskId } = taskRun;
  if (!outputs) return taskRun;
  const own = openedIn(outputs, open, () => taskPlace(originalId, taskId));
  const { executionId, outputs: called } = outputs;
  if (typeof executionId !== 'string' || !isMap(called))
    return own === outputs ? taskRun : { ...taskRun, outputs: own };
  const opened = openedIn(called, open, (id) => outputPlace(executionId, id));
  return own === outputs && opened === called ? taskRun : { ...taskRun, outputs: { ...own, outputs: opened } };
}

function openedIn(values: Values, open: Open, placeOf: (id: string) => string): Values {
  let opened = values;
  for (const [id, value] of Object.entries(values)) {
    if (!isEnvelope(value)) continue;
    try {
      opened = { ...opened, [id]: open(placeOf(id), value) };
    } catch {
      // Of another place, or of another key.
    }
  }
  return opened;
}

const inner = (values: Values, name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined);
const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

function at(values: Values, parts: readonly string[]): unknown {
  let value: unknown = values;
  for (const part of parts) value = isMap(value) ? inner(value, part) : undefined;
  return value;
}

function replaced(values: Values, [part = '', ...rest]: readonly string[], value: unknown): Values {
  return { ...values, [part]: rest.length === 0 ? value : replaced(inner(values, part) as Values, rest, value) };
}
