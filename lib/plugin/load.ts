/**
 * The one door of plugins: a package is imported, what it exports is checked, its tasks join the catalogue beside flowables
 * and triggers. A package that does not fit stops the start with `plugin.invalid`, and says why.
 */
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type AnyTask, API_VERSION, type Plugin } from '../../plugins/sdk/index.ts';
import { CONDITIONS } from '../condition/table.ts';
import { Fault, textOf } from '../errors.ts';
import { FLOWABLES } from '../execution/flowable/table.ts';
import type { Catalogue, TypeEntry } from '../model/catalogue.ts';
import { TRIGGERS } from '../trigger/table.ts';
import { olderNames } from './aliases.ts';
import { catalogueOf } from './catalogue.ts';
import { taskEntry } from './entry.ts';

/** Our own, loaded as all others are. */
export const BUILT_IN: readonly string[] = [
  '@windhover/plugin-core',
  '@windhover/plugin-http',
  '@windhover/plugin-script',
];

export interface PluginSet {
  readonly catalogue: Catalogue;
  readonly plugins: readonly Plugin[];
  /** By canonical type or alias. */
  task(type: string): AnyTask | undefined;
  /** Whether it comes with the server: such a task may ask the server. */
  isOwn(task: AnyTask): boolean;
}

const TYPE = /^[a-zA-Z][a-zA-Z0-9_]*(?:\.[a-zA-Z][a-zA-Z0-9_]*)+$/;
const TASKS_MAX = 1_000;

const PLUGIN = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  apiVersion: z.string().regex(/^\d+\.\d+$/),
  title: z.string(),
  tasks: z
    .array(
      z.object({
        type: z.string().regex(TYPE, 'expected a name with a package, such as org.example.Task'),
        aliases: z.array(z.string().regex(TYPE)).optional(),
        title: z.string(),
        properties: z.custom<z.ZodObject>(isObjectSchema, 'expected z.object(…) or z.strictObject(…)'),
        run: z.custom((run) => typeof run === 'function', 'expected a function'),
      }),
    )
    .max(TASKS_MAX),
});

/** Throws `plugin.invalid`. Packages are imported from here; a path or what only the current folder has, from there. */
export async function loadPlugins(packages: readonly string[]): Promise<PluginSet> {
  const plugins: Plugin[] = [];
  const own = new Set<AnyTask>();
  for (const name of new Set(packages)) {
    const plugin = checked(name, await imported(name));
    plugins.push(plugin);
    if (BUILT_IN.includes(name)) for (const task of plugin.tasks) own.add(task);
  }
  const tasks = plugins.flatMap((plugin) => plugin.tasks);
  const catalogue = catalogueOf(entriesOf(tasks));
  const byType = new Map(tasks.map((task) => [task.type, task]));
  return {
    catalogue,
    plugins,
    task: (type) => byType.get(type) ?? byType.get(catalogue.find(type)?.type ?? ''),
    isOwn: (task) => own.has(task),
  };
}

/** All types that a flow can name: those of plugins, and our own. */
export const entriesOf = (tasks: readonly AnyTask[]): readonly TypeEntry[] => [
  ...tasks.map(taskEntry),
  ...withOlderNames(FLOWABLES),
  ...withOlderNames(TRIGGERS),
  ...CONDITIONS,
];

/** A file, or a folder with a package, as against the name of an installed one. */
export const isPath = (name: string): boolean => name.startsWith('.') || isAbsolute(name);

async function imported(name: string): Promise<unknown> {
  try {
    const here = createRequire(join(process.cwd(), 'package.json'));
    if (isPath(name)) return await import(pathToFileURL(here.resolve(resolve(name))).href);
    try {
      return await import(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND' || !textOf(error).includes(`'${name}'`))
        throw error;
      return await import(pathToFileURL(here.resolve(name)).href);
    }
  } catch (cause) {
    throw new Fault('plugin.invalid', `expected a package ${name} that can be imported, got: ${textOf(cause)}`, {
      cause,
    });
  }
}

function checked(name: string, module: unknown): Plugin {
  const exported = (module as { readonly default?: unknown }).default;
  const parsed = PLUGIN.safeParse(exported);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const place = path.length > 0 ? path.map(String).join('.') : 'its default export';
    throw new Fault(
      'plugin.invalid',
      `expected ${name} to export definePlugin(…) as default, got a problem at ${place}: ${message}`,
    );
  }
  const [ours] = API_VERSION.split('.');
  const [theirs] = parsed.data.apiVersion.split('.');
  if (ours !== theirs)
    throw new Fault(
      'plugin.invalid',
      `expected ${name} to be made for version ${ours} of @windhover/sdk, got ${parsed.data.apiVersion}`,
    );
  return exported as Plugin;
}

/** By its marks: a plugin may bring its own copy of zod. */
function isObjectSchema(value: unknown): boolean {
  const schema = value as
    | { readonly shape?: unknown; readonly _zod?: { readonly def?: { readonly type?: string } } }
    | null
    | undefined;
  return schema?._zod?.def?.type === 'object' && typeof schema.shape === 'object';
}

/** What has named its older names itself keeps them. */
const withOlderNames = (entries: readonly TypeEntry[]): readonly TypeEntry[] =>
  entries.map((entry) => ({ ...entry, aliases: [...new Set([...entry.aliases, ...olderNames(entry.type)])] }));
