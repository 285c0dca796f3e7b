/**
 * Files of a task with a working directory: those it is given are written there before it starts, those it leaves and is
 * asked for are stored after its end. Nothing outside of the working directory is written or stored, by whatever name or
 * link.
 */
import { createWriteStream } from 'node:fs';
import { glob, lstat, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type TaskContext, TaskError } from './index.ts';

const INPUT_FILES_MAX = 1_000;
const OUTPUT_FILES_MAX = 1_000;
const ADDRESS = 'kestra://';

export async function writeInputFiles(
  context: TaskContext,
  folder: string,
  inputFiles: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const entries = Object.entries(inputFiles);
  if (entries.length > INPUT_FILES_MAX)
    throw new TaskError(`inputFiles: expected at most ${INPUT_FILES_MAX}, got ${entries.length}`);
  for (const [name, content] of entries) {
    const path = join(folder, nameInside('inputFiles', name));
    await mkdir(dirname(path), { recursive: true });
    if (typeof content !== 'string') await writeFile(path, JSON.stringify(content ?? ''));
    else if (!content.trim().startsWith(ADDRESS)) await writeFile(path, content);
    else await pipeline(await context.files.read(content.trim()), createWriteStream(path));
  }
}

/** Name and address of each file that fits. What a script did not leave is not there: that is for the flow to judge. */
export async function storeOutputFiles(
  context: TaskContext,
  folder: string,
  patterns: readonly string[] = [],
): Promise<Readonly<Record<string, string>>> {
  const names = new Set<string>();
  for (const pattern of patterns) for (const name of await found(folder, pattern)) names.add(name);
  if (names.size > OUTPUT_FILES_MAX)
    throw new TaskError(`outputFiles: expected at most ${OUTPUT_FILES_MAX}, got ${names.size}`);
  const stored: Record<string, string> = {};
  for (const name of [...names].sort()) stored[name] = await context.files.store(name, { path: join(folder, name) });
  return stored;
}

async function found(folder: string, pattern: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of glob(nameInside('outputFiles', pattern), { cwd: folder })) {
    if (await isOwnFile(folder, name)) names.push(name.split(sep).join('/'));
    if (names.length > OUTPUT_FILES_MAX) break;
  }
  return names;
}

/** A link could lead to a file that the script may read and its reader may not. */
async function isOwnFile(folder: string, name: string): Promise<boolean> {
  const path = join(folder, name);
  const found = await lstat(path);
  if (!found.isFile()) return false;
  return (await realpath(path)).startsWith((await realpath(folder)) + sep);
}

function nameInside(property: string, name: string): string {
  const parts = name.split('/');
  const plain = parts[0] === '.' ? parts.slice(1) : parts;
  if (isAbsolute(name) || plain.some((part) => part === '' || part === '.' || part === '..') || name.includes('\0'))
    throw new TaskError(`${property}: expected a name in the working directory, got ${JSON.stringify(name)}`);
  return plain.join('/');
}
