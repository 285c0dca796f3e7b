/**
 * `windhover config print`: the settings that hold here, and where each comes from, secrets hidden. `windhover config doc`: the
 * reference, as docs/configuration.md has it.
 */
import type { Command } from 'commander';
import {
  type ConfigKey,
  type LoadedConfig,
  SECRET_KEYS,
  setByEnvironment,
  settings,
  variableOf,
} from '../../../lib/config.ts';
import { WORDS } from '../config-words.ts';
import { groupOf } from '../group.ts';
import { type Output, outputOption, sayJson, tableOf } from '../print.ts';

const HIDDEN = '(hidden)';
const SECRET_NAME = /password|secret|token|key|credential/i;

export interface Effective {
  readonly key: ConfigKey;
  readonly value: unknown;
  readonly from: string;
}

export function addConfigCommands(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  const config = groupOf(program, 'config', 'the configuration');
  config
    .command('print')
    .description('the settings that hold here, and where each comes from; secrets are hidden')
    .addOption(outputOption())
    .action(({ output }: { output: Output }) => {
      const rows = effective(load(), setByEnvironment());
      if (output === 'json') sayJson(process.stdout, rows);
      else
        process.stdout.write(
          tableOf(
            ['KEY', 'VALUE', 'FROM'],
            rows.map(({ key, value, from }) => [key, value === undefined ? '' : textOf(value), from]),
          ),
        );
      finish(0);
    });
  config
    .command('doc')
    .description('the reference of all settings, as Markdown')
    .action(() => {
      process.stdout.write(configurationPage());
      finish(0);
    });
}

export function effective(
  { config, given }: LoadedConfig,
  fromEnvironment: ReadonlySet<ConfigKey>,
): readonly Effective[] {
  return settings().map(([key]) => {
    const from = !given.has(key) ? 'default' : fromEnvironment.has(key) ? variableOf(key) : 'file';
    return { key, value: shown(key, config[key]), from };
  });
}

function shown(key: string, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (SECRET_KEYS.has(key as ConfigKey)) return HIDDEN;
  if (Array.isArray(value)) return value.map((each) => shown('', each));
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, SECRET_NAME.test(name) ? HIDDEN : shown('', inner)]),
    );
  // Addresses: what stands between the scheme and the host, and parameters that are secrets.
  return typeof value === 'string'
    ? value
        .replace(/(:\/\/[^/@:]*):[^/]*@/, `$1:${HIDDEN}@`)
        .replace(/([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*/gi, `$1${HIDDEN}`)
    : value;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export function configurationPage(): string {
  const rows = settings().map(([key, absent]) => {
    const value = absent === undefined ? '' : `\`${textOf(absent)}\``;
    return `| \`${variableOf(key)}\` | \`${key}\` | ${value} | ${WORDS[key]} |`;
  });
  return `# Configuration

Made from the schema by \`npx windhover config doc\`. The environment goes over a YAML file (\`WINDHOVER_CONFIG=windhover.yaml\`, or \`--config\`)
whose keys are the second column; a name that is not known is refused, with a hint. \`npx windhover config print\` shows what holds on this
machine, and where each value comes from.

| variable | key | default | what it sets |
|---|---|---|---|
${rows.join('\n')}
`;
}
