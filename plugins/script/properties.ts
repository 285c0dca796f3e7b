/** What all script tasks have in common: their properties and what they give. */
import { z } from 'zod';

export const PROCESS_RUNNER = 'io.kestra.plugin.core.runner.Process';

/** A list, or a template of one. */
const lines = z.union([z.array(z.string()), z.string()]);

/**
 * Texts that may speak of `workingDir` are rendered by the task itself, when there is one: hence `dynamic: false`.
 */
export const shared = {
  beforeCommands: lines.optional().meta({ dynamic: false }).describe('Commands that run first, in the same shell'),
  interpreter: z
    .array(z.string())
    .min(1)
    .default(['/bin/sh', '-c'])
    .describe('The program, and its arguments, that takes the commands as its last argument'),
  failFast: z.boolean().default(true).describe('Whether the first command that fails ends the script (`set -e`)'),
  env: z
    .union([z.record(z.string(), z.string()), z.string()])
    .optional()
    .meta({ dynamic: false })
    .describe(
      'Environment variables of the process: it sees these, PATH, HOME, TMPDIR, LANG and WORKING_DIR, and no others',
    ),
  inputFiles: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Files to put into the working directory: name and content, or the kestra:// address of a file'),
  outputFiles: z
    .array(z.string())
    .optional()
    .describe('Files to keep, as names or patterns such as `*.csv`: `outputs.<task>.outputFiles[name]`'),
  warningOnStdErr: z
    .boolean()
    .default(true)
    .describe('Whether a run that wrote to its standard error and did not fail ends WARNING'),
  taskRunner: z
    .looseObject({ type: z.literal(PROCESS_RUNNER) })
    .optional()
    .describe('How the process is run: by the worker, as a child of its own'),
  containerImage: z.string().optional().describe('Accepted and not used: scripts run as processes of the worker'),
  docker: z.record(z.string(), z.unknown()).optional().describe('Accepted and not used'),
  runner: z.enum(['PROCESS', 'DOCKER']).optional().describe('Accepted and not used'),
  targetOS: z.enum(['LINUX', 'WINDOWS', 'AUTO']).optional().describe('Accepted and not used'),
} as const;

export const commands = lines.meta({ dynamic: false }).describe('Commands, one after the other in one shell');
export const script = z.string().meta({ dynamic: false }).describe('The script');

export const outputs = z.object({
  exitCode: z.int(),
  /** What the script said by `::{"outputs": {…}}::`. */
  vars: z.record(z.string(), z.unknown()),
  outputFiles: z.record(z.string(), z.string()),
  stdOutLineCount: z.int(),
  stdErrLineCount: z.int(),
});

export type Shared = z.output<z.ZodObject<typeof shared>>;
