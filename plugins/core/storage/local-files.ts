/** storage.LocalFiles: files into and out of the working directory. Older flows use it inside of a WorkingDirectory. */
import { defineTask, TaskError } from '@windhover/sdk';
import { storeOutputFiles, writeInputFiles } from '@windhover/sdk/files';
import { z } from 'zod';

export const localFiles = defineTask({
  type: 'io.kestra.plugin.core.storage.LocalFiles',
  title: 'Local files (older)',
  description: 'Deprecated: use `inputFiles` and `outputFiles` of script tasks and of WorkingDirectory.',
  properties: z.strictObject({
    inputs: z
      .union([z.record(z.string(), z.unknown()), z.string()])
      .optional()
      .describe('Names and contents, or JSON of such a map'),
    outputs: z.array(z.string()).optional().describe('Names or patterns of files to keep'),
  }),
  outputs: z.object({ uris: z.record(z.string(), z.string()) }),
  examples: [
    {
      title: 'Keep what was made',
      code: 'id: keep\ntype: io.kestra.plugin.core.storage.LocalFiles\noutputs:\n  - "*.csv"\n',
    },
  ],
  async run(context, { inputs = {}, outputs }) {
    const folder = await context.files.workingDirectory();
    await writeInputFiles(context, folder, typeof inputs === 'string' ? mapIn(inputs) : inputs);
    return { uris: { ...(await storeOutputFiles(context, folder, outputs)) } };
  },
});

function mapIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const map: unknown = JSON.parse(text);
    if (typeof map === 'object' && map !== null && !Array.isArray(map)) return map as Record<string, unknown>;
  } catch {
    // As wrong as JSON of something else: the refusal says what was expected.
  }
  throw new TaskError(`inputs: expected a map of names and contents, got ${JSON.stringify(text.slice(0, 80))}`);
}
