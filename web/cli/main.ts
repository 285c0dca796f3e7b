/**
 * The command line. Ends with the command's own code; 2 for what a person can mend (a wrong command, a Fault), in one line
 * without a stack; 75 where the same may work later; 70 for a bug, with a stack.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { type ConfigKey, configFile, type LoadedConfig, loadConfig } from '../../lib/config.ts';
import { Fault, isFault, textOf } from '../../lib/errors.ts';
import { addAccessCommands } from './commands/access.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConfigCommands } from './commands/config.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExecutionCommands } from './commands/execution.ts';
import { addFlowFileCommands } from './commands/flow-files.ts';
import { addFlowTestCommand } from './commands/flow-test.ts';
import { addFlowCommands, problemLine } from './commands/flow-validate.ts';
import { addLoginCommands } from './commands/login.ts';
import { addOperatorCommands } from './commands/operator.ts';
import { addPluginCommands } from './commands/plugin.ts';
import { addRunCommand } from './commands/run.ts';
import { addServerCommands } from './server/command.ts';

const MENDABLE = 2;
/** The same command may do it later. */
const LATER = 75;
const BUG = 70;
/** Nobody reads on what is printed, as in `… | head`: what a shell gives for SIGPIPE. */
const UNREAD = 141;
/** What still holds the process open after a command has ended is not waited for longer. */
const LINGER_MS = 1_000;

const EXIT_CODES = `
Exit codes: 0 it is well; 1 it was done, and the result is bad (an execution failed, a flow is not valid, a test failed);
2 it cannot be done as it was asked; 75 it may be done later (the server or Redis cannot be reached); 70 a bug; 130 Ctrl-C.
`;

type Overrides = Readonly<Partial<Record<ConfigKey, unknown>>>;

export async function main(args: readonly string[]): Promise<void> {
  const finish = (code: number): void => {
    process.exitCode = code;
    setTimeout(() => process.exit(), LINGER_MS).unref();
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(UNREAD);
  });
  try {
    await programOf(finish).parseAsync([...args], { from: 'user' });
  } catch (error) {
    finish(told(error));
  }
}

export function programOf(finish: (code: number) => void): Command {
  let file: { readonly name: string; readonly content: unknown } | undefined;
  const load = (overrides: Overrides = {}): LoadedConfig => loadConfig({ file, overrides });
  const program = new Command('windhover')
    .description('An orchestrator that runs flows written in YAML.')
    .version(versionHere())
    .option('--config <file>', 'the configuration file (else WINDHOVER_CONFIG)')
    .showHelpAfterError('windhover --help lists the commands')
    .exitOverride()
    .hook('preAction', async () => {
      file = await readConfigFile(program.opts<{ config?: string }>().config ?? configFile());
    });
  addRunCommand(program, load, finish);
  addFlowCommands(program, load, finish);
  addFlowFileCommands(program, load, finish);
  addFlowTestCommand(program, load, finish);
  addExecutionCommands(program, load, finish);
  addPluginCommands(program, load, finish);
  addLoginCommands(program, finish);
  addAccessCommands(program, load, finish);
  addServerCommands(program, load, finish);
  addOperatorCommands(program, load, finish);
  addDoctorCommand(program, load, finish);
  addConfigCommands(program, load, finish);
  addCompletionCommand(program, finish);
  program.addHelpText('after', EXIT_CODES);
  return program;
}

async function readConfigFile(
  name: string | undefined,
): Promise<{ readonly name: string; readonly content: unknown } | undefined> {
  if (name === undefined) return undefined;
  const { readYaml } = await import('../../lib/yaml/yaml.ts');
  const { value, problems } = readYaml(textOfFile(name));
  const problem = problems.find(({ severity }) => severity === 'error');
  if (problem) throw new Fault('config.invalid', problemLine(name, problem));
  return { name, content: value };
}

function textOfFile(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    throw new Fault('config.invalid', `expected a configuration file that can be read, got ${name} (${textOf(error)})`);
  }
}

const versionHere = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Says what went wrong; returns the exit code that it has. */
function told(error: unknown): number {
  // Commander has spoken already: help and version end with 0, a wrong command with "did you mean".
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MENDABLE;
  if (isFault(error)) {
    process.stderr.write(`windhover: ${error.message}\n`);
    for (const problem of error.problems) process.stderr.write(`  ${problemLine('', problem)}\n`);
    return error.retry ? LATER : MENDABLE;
  }
  process.stderr.write(
    `windhover: a bug, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return BUG;
}
