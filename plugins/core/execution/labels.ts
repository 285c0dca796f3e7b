/** execution.Labels: adds labels to the execution while it runs. */
import { defineTask, TaskError } from '@windhover/sdk';
import { z } from 'zod';

export const labels = defineTask({
  type: 'io.kestra.plugin.core.execution.Labels',
  title: 'Set labels of the execution',
  description: 'Adds `labels` to the execution; one that is there gets the new value.',
  properties: z.strictObject({
    labels: z
      .union([
        z.record(z.string(), z.unknown()),
        z.array(z.strictObject({ key: z.string(), value: z.unknown() })),
        z.string(),
      ])
      .describe('A map, a list of `key` and `value`, or JSON of a map'),
  }),
  atOnce: true,
  examples: [
    {
      title: 'Name the customer',
      code: 'id: label\ntype: io.kestra.plugin.core.execution.Labels\nlabels:\n  customer: "{{ inputs.customer }}"\n',
    },
  ],
  run({ update }, { labels }) {
    update({ labels: Object.fromEntries(entriesOf(labels).map(([key, value]) => [key, textOf(key, value)])) });
    return undefined;
  },
});

type Written =
  | Readonly<Record<string, unknown>>
  | readonly { readonly key: string; readonly value?: unknown }[]
  | string;

function entriesOf(labels: Written): readonly (readonly [string, unknown])[] {
  if (typeof labels !== 'string')
    return Array.isArray(labels) ? labels.map(({ key, value }) => [key, value] as const) : Object.entries(labels);
  const map = parsed(labels);
  if (typeof map === 'object' && map !== null && !Array.isArray(map)) return Object.entries(map);
  throw new TaskError(`labels: expected JSON of a map, got ${JSON.stringify(labels.slice(0, 80))}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The refusal says what was expected.
    return undefined;
  }
}

function textOf(key: string, value: unknown): string {
  if (value === undefined || value === null) throw new TaskError(`labels: expected a value for ${key}, got none`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
