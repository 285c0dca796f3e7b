/** debug.Echo: writes a text to the log. Older flows use it; log.Log does the same. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';
import { LEVELS, writerAt } from '../log/log.ts';

export const echo = defineTask({
  type: 'io.kestra.plugin.core.debug.Echo',
  title: 'Write to the log (older)',
  deprecated: 'io.kestra.plugin.core.log.Log',
  properties: z.strictObject({ format: z.string().optional(), level: z.enum(LEVELS).default('INFO') }),
  atOnce: true,
  examples: [{ title: 'Echo', code: 'id: echo\ntype: io.kestra.plugin.core.debug.Echo\nformat: "{{ task.id }}"\n' }],
  run({ log }, { format, level }) {
    if (format !== undefined) writerAt(log, level)(format);
    return undefined;
  },
});
