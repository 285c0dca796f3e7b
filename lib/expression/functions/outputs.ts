/** Outputs of tasks inside loops: of this iteration, of another one, of all of them. */
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { listOf, mapOf, optional, textOf, wholeOf } from '../filters/argument.ts';
import type { Context } from '../frame.ts';
import { itemOf } from '../value/access.ts';
import { isMap } from '../value/map.ts';
import { isNumeric, plain } from '../value/number.ts';
import { javaText } from '../value/text.ts';

/** Of a task inside loops, the outputs of the iteration that asks; null if there are none yet. */
export const currentEachOutput: ExpressionFunction = {
  parameters: ['outputs'],
  required: 1,
  reads: ['parents', 'taskrun'],
  call([outputs], { context }) {
    const around = underParents(mapOf(outputs, 'outputs'), context);
    const value = iterationValue(context.taskrun);
    return value === undefined ? around : (itemOf(around, value) ?? null);
  },
};

/** The `value` that a task of this loop gave in another iteration: the one before, if none is named. */
export const iterationOutput: ExpressionFunction = {
  parameters: ['outputs', 'iteration', 'taskId'],
  reads: ['outputs', 'parents', 'task', 'taskrun'],
  call([outputs, iteration, taskId], { context }) {
    const here = itemOf(context.taskrun, 'iteration');
    if (!isNumeric(here)) throw new ValueError('expected `iterationOutput` inside a loop, got no iteration');
    const index = optional(iteration, wholeOf, 'iteration') ?? plain(here) - 1;
    const whole = isMap(outputs) ? outputs : itemOf(context.outputs, taskId ?? outputs ?? itemOf(context.task, 'id'));
    if (whole === undefined || whole === null) return null;
    const iterations = Object.values(mapOf(underParents(whole, context), 'outputs'));
    if (index < 0 || index >= iterations.length)
      throw new ValueError(`expected an iteration between 0 and ${iterations.length - 1}, got ${index}`);
    return itemOf(iterations[index], 'value') ?? null;
  },
};

/** Of a Loop's list of iterations, one output of each; null where it has none. */
export const loopOutputs: ExpressionFunction = {
  parameters: ['outputs', 'name'],
  required: 2,
  call([outputs, name]) {
    const key = textOf(name, 'name');
    return listOf(outputs, 'outputs').map((iteration) => itemOf(itemOf(iteration, 'outputs'), key) ?? null);
  },
};

/** `parents` begins with the nearest loop, outputs with the outermost one. */
function underParents(outputs: unknown, { parents }: Context): unknown {
  let found = outputs;
  for (const parent of Array.isArray(parents) ? parents.toReversed() : []) {
    const value = iterationValue(itemOf(parent, 'taskrun'));
    if (value === undefined) continue;
    found = itemOf(found, value);
    if (found === undefined || found === null)
      throw new ValueError(`Unable to find the outputs of the iteration \`${javaText(value)}\``, 'missing');
  }
  return found;
}

const iterationValue = (taskRun: unknown): unknown => (isMap(taskRun) ? (taskRun.value ?? undefined) : undefined);
