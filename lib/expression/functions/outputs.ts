/** `currentEachOutput(outputs.task)`: of a task inside loops, the outputs of the iteration that asks. */
import { isMap, itemOf } from '../access.ts';
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';

export const currentEachOutput: ExpressionFunction = {
  parameters: ['outputs'],
  required: 1,
  reads: ['parents', 'taskrun'],
  call([outputs], { context }) {
    const outer = Array.isArray(context.parents)
      ? context.parents.map((parent) => valueIn(itemOf(parent, 'taskrun')))
      : [];
    // `parents` begins with the nearest loop, outputs with the outermost one.
    const values = [...outer.reverse(), valueIn(context.taskrun)].filter((value) => value !== undefined);
    let found: unknown = outputs;
    for (const value of values) {
      found = itemOf(found, value);
      if (found === undefined)
        throw new ValueError(`Unable to find the outputs of the iteration \`${String(value)}\``, 'missing');
    }
    return found;
  },
};

const valueIn = (taskRun: unknown): unknown => (isMap(taskRun) ? (taskRun.value ?? undefined) : undefined);
