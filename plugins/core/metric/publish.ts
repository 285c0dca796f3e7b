/** metric.Publish: keeps numbers of the author's own beside the execution. */
import { defineTask, metricOf } from '@windhover/sdk';
import { z } from 'zod';

const METRICS_MAX = 1_000;

export const publish = defineTask({
  type: 'io.kestra.plugin.core.metric.Publish',
  title: 'Publish metrics',
  description: 'Keeps `metrics` with the execution: a counter, a gauge, or a timer.',
  properties: z.strictObject({
    metrics: z
      .array(
        z.strictObject({
          type: z.enum(['counter', 'timer', 'gauge']).default('counter'),
          name: z.string().min(1),
          description: z.string().optional().describe('For readers of the flow'),
          value: z
            .union([z.number(), z.string()])
            .describe('A number; of a timer a duration such as PT1.5S, or seconds'),
          tags: z.record(z.string(), z.string()).optional(),
        }),
      )
      .max(METRICS_MAX),
  }),
  atOnce: true,
  examples: [
    {
      title: 'Count rows',
      code: 'id: measure\ntype: io.kestra.plugin.core.metric.Publish\nmetrics:\n  - type: counter\n    name: rows\n    value: "{{ outputs.count.vars.rows }}"\n    tags:\n      table: orders\n',
    },
  ],
  run({ metric }, { metrics }) {
    const published = metrics.map(metricOf);
    for (const each of published) metric(each);
    return { metrics: published };
  },
});
