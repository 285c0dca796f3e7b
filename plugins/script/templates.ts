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
export function renderAt(context: TaskContext, { folder, outputFiles }: Place, text: string): string {
  if (!text.includes('{{') && !text.includes('{%') && !text.includes('{#')) return text;
  if (!OF_PLACE.test(text)) return String(context.render(text));
  const named = outputFiles.filter((name) => !PATTERN.test(name));
  const paths = named.map((name) => `${quoted(name)}: ${quoted(join(folder, name))}`);
  const set = `{% set workingDir = ${quoted(folder)} %}{% set outputFiles = {${paths.join(', ')}} %}`;
  return String(context.render(set + text));
}

/** A list of texts, or one template that gives a list or a text. */
export function renderList(context: TaskContext, place: Place, given: readonly string[] | string): readonly string[] {
  if (typeof given !== 'string') return given.map((text) => renderAt(context, place, text));
  const text = renderAt(context, place, given);
  const list = text.trim().startsWith('[') ? parsed(text) : undefined;
  return Array.isArray(list) ? list.map(String) : [text];
}

/** A map of texts, or one template that gives a map. */
export function renderMap(
  context: TaskContext,
  place: Place,
  given: Readonly<Record<string, string>> | string,
): Readonly<Record<string, string>> | undefined {
  const map = typeof given === 'string' ? parsed(renderAt(context, place, given)) : given;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return undefined;
  const render = (value: unknown) =>
    typeof given === 'string' ? String(value) : renderAt(context, place, String(value));
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, render(value)]));
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
