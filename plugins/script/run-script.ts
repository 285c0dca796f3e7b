/** One run of a script task: files in, the child, what it says, files out, and what its end means. */
import { type TaskContext, TaskError, TaskWarning } from '@windhover/sdk';
import { storeOutputFiles, writeInputFiles } from '@windhover/sdk/files';
import type { z } from 'zod';
import { runChild } from './process.ts';
import type { outputs, Shared } from './properties.ts';
import { listen } from './protocol.ts';
import { type Place, renderList, renderMap } from './templates.ts';

type Outputs = z.output<typeof outputs>;

/** What the shell runs, made when the working directory and its files are there. */
export type Body = (place: Place) => Promise<readonly string[]> | readonly string[];

const IGNORED = ['containerImage', 'docker', 'runner', 'targetOS'] as const;
/** The kernel takes no longer argument than 128 KB. */
const ARGUMENT_BYTES_MAX = 120_000;

export async function runScript(context: TaskContext, given: Shared, body: Body): Promise<Outputs> {
  warnOfIgnored(context, given);
  const folder = await context.files.workingDirectory();
  const place: Place = { folder, outputFiles: given.outputFiles ?? [] };
  await writeInputFiles(context, folder, given.inputFiles);
  const before = await renderList(context, place, given.beforeCommands ?? []);
  const lines = [...(given.failFast ? ['set -e'] : []), ...before, ...(await body(place))];
  const sayings = listen(context);
  const count = { stdout: 0, stderr: 0 };
  const exitCode = await runChild({
    command: [...given.interpreter, argumentOf(lines.join('\n'))],
    folder,
    environment: await environmentOf(context, given, place),
    signal: context.signal,
    onLine(line, from) {
      if (from === 'stdout' && sayings.hear(line)) return;
      count[from]++;
      if (from === 'stdout') context.log.info(line);
      else context.log.error(line);
    },
  });
  const said = { exitCode, vars: sayings.vars, stdOutLineCount: count.stdout, stdErrLineCount: count.stderr };
  if (context.signal.aborted) throw new TaskError('the process was ended', { outputs: said });
  if (exitCode !== 0) throw new TaskError(`Command failed with exit code ${exitCode}`, { outputs: said });
  const ended: Outputs = { ...said, outputFiles: await storeOutputFiles(context, folder, given.outputFiles) };
  if (count.stderr > 0 && given.warningOnStdErr)
    throw new TaskWarning(`the script wrote to its standard error (lines: ${count.stderr})`, { outputs: ended });
  return ended;
}

function argumentOf(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > ARGUMENT_BYTES_MAX)
    throw new TaskError(
      `expected commands of at most ${ARGUMENT_BYTES_MAX} bytes, got ${bytes}: give a longer script as one of inputFiles`,
    );
  return text;
}

async function environmentOf(
  context: TaskContext,
  given: Shared,
  place: Place,
): Promise<Readonly<Record<string, string>>> {
  const own = await renderMap(context, place, given.env ?? {});
  if (!own) throw new TaskError('env: expected a map of names and texts');
  const wrong = Object.entries(own).find(([name, value]) => name === '' || /[=\0]/.test(name) || value.includes('\0'));
  if (wrong)
    throw new TaskError(`env: expected names without "=" and texts without NUL, got ${JSON.stringify(wrong[0])}`);
  return { ...context.environment, WORKING_DIR: place.folder, ...own };
}

function warnOfIgnored(context: TaskContext, given: Shared): void {
  const names = IGNORED.filter(
    (name) => given[name] !== undefined && given[name] !== 'PROCESS' && given[name] !== 'AUTO',
  );
  if (names.length > 0) context.log.warn(`${names.join(', ')}: not used, since scripts run as processes of the worker`);
}
