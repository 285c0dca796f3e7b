/**
 * `windhover flow validate <files…>`: offline with the plugins that are here, or `--server` with those of the server. One line
 * for each problem, as compilers print them: `file:line:column path message`. Ends with 1 if there is an error.
 */
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import type { Problem } from '../../../lib/model/problem.ts';
import { openClient } from '../client.ts';
import { groupOf } from '../group.ts';
import { textOfFile } from '../named-file.ts';
import { addFlowSchema } from './flow-schema.ts';

type Validate = (source: string) => Promise<readonly Problem[]>;

export function addFlowCommands(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  const flow = groupOf(program, 'flow', 'work on flows');
  addFlowSchema(flow, load, finish);
  flow
    .command('validate <files...>')
    .description('say what is wrong in flow files, and where')
    .option('--server', 'ask the server, instead of judging by what is installed here', false)
    .action(async (files: readonly string[], { server }: { server: boolean }) => {
      const loaded = load();
      const validate = server ? onServer(loaded) : await offline(loaded);
      finish(await validateFiles(files, validate, (line) => process.stdout.write(`${line}\n`)));
    });
}

export async function validateFiles(
  files: readonly string[],
  validate: Validate,
  say: (line: string) => void,
): Promise<number> {
  let errors = 0;
  for (const file of files) {
    const problems = await validate(textOfFile(file));
    for (const problem of problems) say(problemLine(file, problem));
    const here = problems.filter(({ severity }) => severity === 'error').length;
    if (here === 0) say(`${file}: valid`);
    errors += here;
  }
  return errors > 0 ? 1 : 0;
}

export function problemLine(file: string, { line, column, path, message, severity }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place} ${severity === 'warning' ? 'warning: ' : ''}${path ? `${path}: ` : ''}${message}`;
}

/** The parser and the plugins are loaded only here: other commands start without them. */
async function offline({ config }: LoadedConfig): Promise<Validate> {
  const { definitionOf } = await import('../../../lib/flow/definition.ts');
  const { parseFlow } = await import('../../../lib/flow/parse.ts');
  const { BUILT_IN, loadPlugins } = await import('../../../lib/plugin/load.ts');
  const { catalogue } = await loadPlugins([...BUILT_IN, ...config.plugins]);
  return async (source) =>
    parseFlow(definitionOf(source, config.pluginDefaults), catalogue, { tenant: 'main' }).problems;
}

interface Validated {
  readonly constraints?: string;
  readonly warnings?: readonly string[];
  readonly problems?: readonly Problem[];
}

/** Our server says where; another that speaks the same interface says only what. */
function onServer({ config }: LoadedConfig): Validate {
  const client = openClient(config);
  return async (source) => {
    const results = await client.ask<readonly Validated[]>('/flows/validate', {
      method: 'POST',
      headers: { 'content-type': 'application/x-yaml' },
      body: source,
    });
    return results.flatMap(({ problems, constraints }) => {
      if (problems) return problems;
      return constraints ? [{ message: constraints, severity: 'error', path: '' } as const] : [];
    });
  };
}
