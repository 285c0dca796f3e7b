/** A plugin's task as the catalogue knows it. */
import type { z } from 'zod';
import type { AnyTask } from '../../plugins/sdk/index.ts';
import type { TypeEntry } from '../model/catalogue.ts';
import { olderNames } from './aliases.ts';
import { jsonSchemaOf, problemsOf } from './schema.ts';

export function taskEntry(task: AnyTask): TypeEntry {
  return {
    type: task.type,
    aliases: [...(task.aliases ?? []), ...olderNames(task.type)],
    kind: 'runnable',
    title: task.title,
    ...(task.deprecated === undefined ? {} : { deprecated: task.deprecated }),
    lists: [],
    properties: Object.keys((task.properties as z.ZodObject).shape),
    // Asked for by editors only: not made at every start.
    get schema() {
      return jsonSchemaOf(task);
    },
    check: (properties) => problemsOf(task, properties),
  };
}
