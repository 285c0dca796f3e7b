/** Functions that read the context by themselves: all of it, the environment, the place of a file, tasks by their state. */
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { textOf } from '../filters/argument.ts';
import { itemOf } from '../value/access.ts';
import { isMap } from '../value/map.ts';

/** Secrets in it stay what they are at rest: who wants one names it. */
export const fetchContext: ExpressionFunction = {
  parameters: [],
  reads: 'all',
  call(_, { context, world }) {
    const shown = world.shown?.();
    return shown ? { ...context, ...shown } : context;
  },
};

/** A variable of the environment; the default if there is none, or it is empty. */
export const env: ExpressionFunction = {
  parameters: ['name', 'default'],
  required: 1,
  reads: ['envs'],
  call([name, fallback], { context }) {
    const value = itemOf(context.envs, textOf(name, 'name'));
    return value === undefined || value === null || value === '' ? (fallback ?? null) : value;
  },
};

/** The URI of a file of the flow's namespace, whether there is one or not. */
export const fileURI: ExpressionFunction = {
  parameters: ['path'],
  required: 1,
  reads: ['flow'],
  call([path], { context }) {
    const namespace = itemOf(context.flow, 'namespace');
    if (typeof namespace !== 'string')
      throw new ValueError('expected a flow with a namespace around `fileURI`, got none');
    return `kestra:///${namespace.replaceAll('.', '/')}/_files/${textOf(path, 'path').replace(/^\/+/, '')}`;
  },
};

/** `[{taskId, state, value}]`: the value of an iteration, of those that have one. */
export const tasksWithState: ExpressionFunction = {
  parameters: ['state'],
  required: 1,
  reads: ['tasks'],
  call([state], { context }) {
    const wanted = textOf(state, 'state').toUpperCase();
    const tasks = isMap(context.tasks) ? Object.entries(context.tasks) : [];
    return tasks.flatMap(([taskId, task]) => {
      if (!isMap(task)) return [];
      return Object.entries(task).flatMap(([key, value]) => {
        const own = key === 'state' && typeof value === 'string';
        const found = own ? value : itemOf(value, 'state');
        if (typeof found !== 'string' || found.toUpperCase() !== wanted) return [];
        return [{ taskId, state: wanted, ...(own ? {} : { value: key }) }];
      });
    });
  },
};
