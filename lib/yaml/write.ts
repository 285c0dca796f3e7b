/**
 * A value as YAML that people read and `readYaml` reads back as the same value: what a plain text would be taken for decides
 * whether it stands in quotes.
 */
import { plainScalar } from './scalar.ts';

const INDENT = '  ';
/** Starts with a letter, and holds nothing that YAML could take for a sign of its own. */
const PLAIN = /^[A-Za-z_][\w ./()+=-]*$/;
/** What a literal block cannot hold as it is. */
const NO_BLOCK = /\r|^[\s]|[^\S\n]\n|(?![\n\t])\p{Cc}|[\u0085\u2028\u2029\ufeff]/u;
/** Allowed in JSON, and not in YAML's double quotes. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Ends with a line's end. */
export const yamlOf = (value: unknown): string => `${blockOf(value, '')}\n`;

/** The lines of a value, each but the first indented: what stands before the first is the caller's. */
export function blockOf(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length > 0)
    return value.map((item) => `- ${blockOf(item, indent + INDENT)}`).join(`\n${indent}`);
  if (isMap(value) && Object.keys(value).length > 0)
    return Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${textOf(key)}:${behindKey(item, indent)}`)
      .join(`\n${indent}`);
  return scalarOf(value, indent);
}

function behindKey(value: unknown, indent: string): string {
  const inner = indent + INDENT;
  const isBlock = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  return isBlock ? `\n${inner}${blockOf(value, inner)}` : ` ${scalarOf(value, indent)}`;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function scalarOf(value: unknown, indent: string): string {
  if (typeof value === 'string') return value.includes('\n') ? linesOf(value, indent) : textOf(value);
  if (value === null || value === undefined) return 'null';
  return JSON.stringify(value);
}

/** Its sign says whether the text ends with no, one or more line ends. */
function linesOf(text: string, indent: string): string {
  if (NO_BLOCK.test(text)) return quoted(text);
  const sign = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') || text === '\n' ? '+' : '';
  const lines = text.replace(/\n$/, '').split('\n');
  return `|${sign}\n${lines.map((line) => (line === '' ? '' : `${indent}${INDENT}${line}`)).join('\n')}`;
}

const textOf = (text: string): string =>
  PLAIN.test(text) && !text.endsWith(' ') && plainScalar(text) === text ? text : quoted(text);

const quoted = (text: string): string =>
  JSON.stringify(text).replace(UNPRINTABLE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
