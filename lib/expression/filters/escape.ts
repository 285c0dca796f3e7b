/** Filters that make a text safe to stand inside another notation: quotes, HTML, URLs, base64. */
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { javaText } from '../value/text.ts';
import { textOf } from './argument.ts';
import { everyText } from './every-text.ts';

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const onText = (apply: (text: string) => string): Filter => ({
  parameters: [],
  apply: (input) => apply(textOf(input, 'what is filtered')),
});

export const escapeHtml = onText((text) => text.replace(/[&<>"']/g, (char) => HTML[char]!));
/** Nothing is escaped by itself here. */
export const raw: Filter = { parameters: [], apply: (input) => input };

/** The quote of that type gets a backslash; a shell's is closed, escaped and opened again. */
export const escapeChar: Filter = {
  parameters: ['type'],
  required: 1,
  apply(input, [type], { budget }) {
    const quotes: Readonly<Record<string, readonly [string, string]>> = {
      single: ["'", "\\'"],
      double: ['"', '\\"'],
      shell: ["'", "'\\''"],
    };
    const name = textOf(type, 'type').toLowerCase();
    const [quote, escaped] = Object.hasOwn(quotes, name) ? quotes[name]! : [];
    if (quote === undefined || escaped === undefined)
      throw new ValueError(`expected single, double or shell as type, got \`${javaText(type)}\``);
    return everyText(input, budget, (text) => text.replaceAll(quote, () => escaped));
  },
};

export const base64encode = onText((text) => Buffer.from(text, 'utf8').toString('base64'));
export const base64decode = onText((text) => {
  if (!BASE64.test(text)) throw new ValueError('expected base64 to decode, got other characters');
  return Buffer.from(text, 'base64').toString('utf8');
});

/** As Java's URLEncoder: a space is a `+`. */
export const urlencode = onText((text) =>
  encodeURIComponent(text.toWellFormed()).replace(/%20|[!'()~]/g, (part) =>
    part === '%20' ? '+' : `%${part.charCodeAt(0).toString(16).toUpperCase()}`,
  ),
);

export const urldecode = onText((text) => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new ValueError('expected a text encoded for a URL, got one with a `%` that encodes nothing');
  }
});
