/** Switch: the tasks of the case that is named as the value, or those of `defaults`. */
import type { PropertyProblem } from '../../model/catalogue.ts';
import type { Task } from '../../model/flow.ts';
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';
import { IN_SEQUENCE } from './sequential.ts';

export const SWITCH: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.Switch',
    title: 'Run the tasks of one case',
    properties: { value: { type: ['string', 'integer', 'boolean'], description: 'The name of a case' } },
    required: ['value'],
    lists: [
      { name: 'cases', shape: 'map', main: true },
      { name: 'defaults', shape: 'list', main: true },
    ],
    checkLists,
  }),
  ...IN_SEQUENCE,
  begin: (task, { render }) => {
    const value = String(render(task.properties.value));
    const named = `cases.${value}`;
    const defaults = !Object.hasOwn(task.lists, named);
    if (defaults && !task.lists.defaults?.length)
      throw new Error(`value: expected one of ${casesOf(task).join(', ')} or defaults, got ${value}`);
    return { kind: 'runs', list: defaults ? 'defaults' : named, outputs: { value, defaults } };
  },
};

const CASE = 'cases.';
const casesOf = ({ lists }: Task): readonly string[] =>
  Object.keys(lists)
    .filter((name) => name.startsWith(CASE))
    .map((name) => name.slice(CASE.length));

function checkLists(task: Task): readonly PropertyProblem[] {
  if (casesOf(task).some((name) => task.lists[CASE + name]!.length > 0) || task.lists.defaults?.length) return [];
  return [
    {
      severity: 'error',
      path: 'cases',
      message: 'expected tasks in a case or in defaults, got none',
      kestra: `${task.id}: No task defined, neither cases or default have any tasks`,
    },
  ];
}
