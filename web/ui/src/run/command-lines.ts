/** What a person would type to do the same: as `curl` and as our command line. Pure. */
import type { Entry } from './form-body.ts';

const SAFE = /^[\w@%+=:,./-]+$/;
/** As a shell takes it: one word, whatever is in it. */
export const quoted = (text: string): string => (SAFE.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

const textOf = (value: string | File): string => (typeof value === 'string' ? value : `@${value.name}`);

/** Breaks the line before each option, so that it can be read. */
const lines = (first: string, options: readonly string[]): string => [first, ...options].join(' \\\n  ');

/** `path` below the origin. */
export function curlOf(method: string, url: string, entries: readonly Entry[] = []): string {
  // A text that begins with @ or < is sent as it is only by --form-string.
  const fields = entries.map(([name, value]) =>
    typeof value === 'string'
      ? `--form-string ${quoted(`${name}=${value}`)}`
      : `-F ${quoted(`${name}=${textOf(value)}`)}`,
  );
  const way = method === 'GET' || (method === 'POST' && fields.length > 0) ? '' : `-X ${method} `;
  return lines(`curl -u USER ${way}${quoted(url)}`, fields);
}

export const runLineOf = (namespace: string, id: string, entries: readonly Entry[]): string =>
  lines(
    `npx windhover run ${quoted(`${namespace}/${id}`)} --follow`,
    entries.map(([name, value]) => `--input ${quoted(`${name}=${textOf(value)}`)}`),
  );
