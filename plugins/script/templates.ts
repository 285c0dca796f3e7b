/** Texts that may speak of the working directory, rendered when it is there. */
import { join } from 'node:path';
import type { TaskContext } from '@windhover/sdk';

const OF_PLACE = /\b(?:workingDir|outputFiles)\b/;
const PATTERN = /[*?[{]/;

export interface Place {
  readonly folder: string;
  readonly outputFiles: readonly string[];
}

/** `{{ workingDir }}` is the working directory, `{{ outputFiles['a.csv'] }}` the path of a file that will be kept. */
export async function renderAt(context: TaskContext, { folder, outputFiles }: Place, text: string): Promise<string> {
  if (!text.includes('{{') && !text.includes('{%') && !text.includes('{#')) return text;
  if (!OF_PLACE.test(text)) return String(await context.renderAsync(text));
  const named = outputFiles.filter((name) => !PATTERN.test(name));
  const paths = named.map((name) => `${quoted(name)}: ${quoted(join(folder, name))}`);
  const set = `{% set workingDir = ${quoted(folder)} %}{% set outputFiles = {${paths.join(', ')}} %}`;
  return String(await context.renderAsync(set + text));
}

/** A list of texts, or one template that gives a list or a text. */
export async function renderList(
  context: TaskContext,
  place: Place,
  given: readonly string[] | string,
): Promise<readonly string[]> {
  if (typeof given !== 'string') return Promise.all(given.map((text) => renderAt(context, place, text)));
  const text = await renderAt(context, place, given);
  const list = text.trim().startsWith('[') ? parsed(text) : undefined;
  return Array.isArray(list) ? list.map(String) : [text];
}

/** A map of texts, or one template that gives a map. */
export async function renderMap(
  context: TaskContext,
  place: Place,
  given: Readonly<Record<string, string>> | string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const map = typeof given === 'string' ? parsed(await renderAt(context, place, given)) : given;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return undefined;
  const rendered = Object.entries(map).map(async ([name, value]) => {
    const text = String(value);
    return [name, typeof given === 'string' ? text : await renderAt(context, place, text)] as const;
  });
  return Object.fromEntries(await Promise.all(rendered));
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is a plain text then; who needs a list or a map says so.
    return undefined;
  }
}
