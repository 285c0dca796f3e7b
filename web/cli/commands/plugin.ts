/**
 * `windhover plugin list`, `doc`, `create`: what flows may be made of here, its documentation as Markdown (written from the
 * schemas), and a new plugin from the template.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { Fault } from '../../../lib/errors.ts';
import type { TypeEntry } from '../../../lib/model/catalogue.ts';
import { nearest } from '../../../lib/nearest.ts';
import type { PluginSet } from '../../../lib/plugin/load.ts';
import { groupOf } from '../group.ts';
import { type Out, type Output, outputOption, sayJson, tableOf } from '../print.ts';

const TEMPLATE = fileURLToPath(new URL('../template/plugin', import.meta.url));
const NAME = /^[a-z][a-z0-9-]{0,60}$/;

interface Documented {
  readonly all: boolean;
  readonly out?: string;
}

export function addPluginCommands(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  const plugin = groupOf(program, 'plugin', 'what flows may be made of');
  plugin
    .command('list')
    .description('the types of tasks, triggers and conditions that are installed here')
    .addOption(outputOption())
    .action(async ({ output }: { output: Output }) => {
      const { catalogue } = await installed(load());
      const rows = catalogue.entries.map(({ type, kind, title }) => ({ type, kind, title }));
      if (output === 'json') sayJson(process.stdout, rows);
      else
        process.stdout.write(
          tableOf(
            ['TYPE', 'KIND', 'TITLE'],
            rows.map((row) => [row.type, row.kind, row.title]),
          ),
        );
      finish(0);
    });
  plugin
    .command('doc [type]')
    .description('the documentation of a type, as Markdown; --all --out <folder> writes a page for each')
    .option('--all', 'of every type', false)
    .option('--out <folder>', 'where the pages go')
    .action(async (type: string | undefined, asked: Documented) => {
      await document(await installed(load()), type, asked, process.stdout);
      finish(0);
    });
  plugin
    .command('create <name>')
    .description('a new plugin in a folder of that name: a task, its test, a flow')
    .action((name: string) => {
      process.stdout.write(create(name, process.cwd()));
      finish(0);
    });
}

async function installed({ config }: LoadedConfig): Promise<PluginSet> {
  const { BUILT_IN, loadPlugins } = await import('../../../lib/plugin/load.ts');
  return await loadPlugins([...BUILT_IN, ...config.plugins]);
}

async function document(
  plugins: PluginSet,
  type: string | undefined,
  { all, out }: Documented,
  to: Out,
): Promise<void> {
  const { documentationBody } = await import('../../server/views/plugins.ts');
  const page = (entry: TypeEntry): string =>
    (documentationBody(plugins, entry, false) as { markdown: string }).markdown;
  const { entries } = plugins.catalogue;
  if (!all) return void to.write(page(entryOf(plugins, type)));
  if (out === undefined) throw new Fault('request.invalid', 'expected --out <folder> with --all, got none');
  mkdirSync(out, { recursive: true });
  for (const entry of entries) writeFileSync(join(out, `${entry.type}.md`), page(entry));
  const lines = entries.map(({ type: name, title }) => `- [\`${name}\`](${name}.md): ${title}`);
  writeFileSync(join(out, 'index.md'), `# What flows are made of\n\n${lines.join('\n')}\n`);
  to.write(`${entries.length} pages in ${out}\n`);
}

function entryOf({ catalogue }: PluginSet, type: string | undefined): TypeEntry {
  if (type === undefined) throw new Fault('request.invalid', 'expected a type, or --all, got neither');
  const ending = catalogue.entries.filter((each) => each.type.endsWith(`.${type}`));
  const entry = catalogue.find(type) ?? (ending.length === 1 ? ending[0] : undefined);
  if (entry) return entry;
  const names = catalogue.entries.map((each) => each.type);
  const hint = ending.length > 1 ? ending.map((each) => each.type).join(' or ') : nearest(type, names);
  throw new Fault(
    'request.invalid',
    `expected a type that is installed here, got ${type}${hint ? ` (did you mean ${hint}?)` : ''}; windhover plugin list shows them`,
  );
}

/** Returns what to do next, in lines. Throws `request.invalid`. */
export function create(name: string, where: string): string {
  if (!NAME.test(name))
    throw new Fault(
      'request.invalid',
      `expected a name of small letters, digits and "-", such as my-plugin, got ${name}`,
    );
  const folder = resolve(where, name);
  if (existsSync(folder)) throw new Fault('request.invalid', `expected no ${folder} yet, got one`);
  cpSync(TEMPLATE, folder, { recursive: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replaceAll('__NAME__', name).replaceAll('__PACKAGE__', name.replaceAll('-', '')),
    );
  }
  return `${folder}\n\nNext:\n  node --test ${name}/*.test.ts\n  WINDHOVER_PLUGINS=./${name} npx windhover flow validate ${name}/flow.yaml\n  WINDHOVER_PLUGINS=./${name} npm run dev\n`;
}
