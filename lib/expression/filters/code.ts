/** Filters that turn a value into another notation: JSON, base64, URLs, hashes, escapes. */
import { hash } from 'node:crypto';
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { json, print } from '../print.ts';
import { textOf } from './argument.ts';

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const onText = (apply: (text: string) => string): Filter => ({
  parameters: [],
  apply: (input) => apply(textOf(input, 'what is filtered')),
});
const hashed = (algorithm: string): Filter => onText((text) => hash(algorithm, text, 'hex'));
const toJson: Filter = { parameters: [], takesNull: true, apply: json };

export const CODE_FILTERS: Readonly<Record<string, Filter>> = {
  json: toJson,
  toJson,
  raw: { parameters: [], apply: (input) => input },
  string: { parameters: [], apply: print },
  md5: hashed('md5'),
  sha1: hashed('sha1'),
  sha256: hashed('sha256'),
  sha512: hashed('sha512'),
  base64encode: onText((text) => Buffer.from(text, 'utf8').toString('base64')),
  base64decode: onText((text) => Buffer.from(text, 'base64').toString('utf8')),
  urlencode: onText(urlEncoded),
  urldecode: onText(urlDecoded),
  escape: onText((text) => text.replace(/[&<>"']/g, (char) => HTML[char]!)),
  escapeChar: {
    parameters: ['type'],
    required: 1,
    apply: (input, [type]) => escaped(textOf(input, 'what is filtered'), type),
  },
};

/** As Java's URLEncoder: a space is a `+`. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%20|[!'()~]/g, (part) =>
    part === '%20' ? '+' : `%${part.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new ValueError('expected a text encoded for a URL, got one with a `%` that encodes nothing');
  }
}

function escaped(text: string, type: unknown): string {
  if (type === 'single') return text.replaceAll("'", "\\'");
  if (type === 'double') return text.replaceAll('"', '\\"');
  if (type === 'shell') return `'${text.replaceAll("'", "'\\''")}'`;
  throw new ValueError(`expected single, double or shell as type, got ${print(type)}`);
}
