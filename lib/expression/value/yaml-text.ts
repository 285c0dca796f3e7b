/** A value as YAML, as Kestra's `yaml` filter writes it: lists indented by one space, and as few quotes as its writer uses. */
import { BoundedText, deepValue } from '../budget.ts';
import { Entry, isMap } from './map.ts';
import { isNumeric, numberText } from './number.ts';

/** Double quotes: words of YAML's own, and what could end a value inside brackets. A text of digits is left bare. */
const DOUBLE =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|[yYnN]|)$|[[\]{},]|(?![\t\n])\p{Cc}|(?:^|\s)#|:(?:\s|$)/u;
/** Single quotes: what begins with a sign of YAML's own, or has white space at an end. */
const SINGLE = /^[-?](?:\s|$)|^[&*!|>'"%@`]|^\s|\s$|^(?:---|\.\.\.)/;

export function yamlText(value: unknown): string {
  const text = new BoundedText();
  write(value, { text, indent: '' }, 0);
  return text.done;
}

type Place = { readonly text: BoundedText; readonly indent: string };

/** Writes from behind the key or dash on, with the line's end. */
function write(value: unknown, place: Place, depth: number): void {
  deepValue(depth);
  const map = value instanceof Entry ? { [value.key]: value.value } : value;
  if (Array.isArray(map) && map.length > 0) writeList(map, place, depth);
  else if (isMap(map) && Object.keys(map).length > 0) writeMap(map, place, depth);
  else place.text.add(`${scalarText(map, place.indent)}\n`);
}

function writeMap(map: object, { text, indent }: Place, depth: number): void {
  let first = true;
  for (const [key, item] of Object.entries(map)) {
    // The first key of a list's item stands behind the dash.
    text.add(`${first ? '' : indent}${quotedIfNeeded(key)}:`);
    first = false;
    if (isBlock(item)) text.add(`\n${Array.isArray(item) ? indent : `${indent}  `}`);
    else text.add(' ');
    write(item, { text, indent: isMap(item) ? `${indent}  ` : indent }, depth + 1);
  }
}

function writeList(list: readonly unknown[], { text, indent }: Place, depth: number): void {
  list.forEach((item, index) => {
    text.add(`${index === 0 ? '' : indent} - `);
    write(item, { text, indent: `${indent}   ` }, depth + 1);
  });
}

const isBlock = (value: unknown): boolean =>
  (Array.isArray(value) && value.length > 0) || (isMap(value) && Object.keys(value).length > 0);

function scalarText(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'null';
  if (isNumeric(value)) return numberText(value);
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object') return '{}';
  return typeof value === 'string' ? stringText(value, indent) : String(value);
}

/** Several lines become a block; its sign says whether the text ends with no, one or more line ends. */
function stringText(value: string, indent: string): string {
  if (!value.includes('\n') || /\r|[^\S\n]\n|^\s/.test(value)) return quotedIfNeeded(value);
  const lines = value.replace(/\n$/, '').split('\n');
  const sign = !value.endsWith('\n') ? '-' : value.endsWith('\n\n') ? '+' : '';
  return `|${sign}\n${lines.map((line) => (line === '' ? '' : `${indent}  ${line}`)).join('\n')}`;
}

function quotedIfNeeded(text: string): string {
  if (DOUBLE.test(text) || text.includes('\n')) return JSON.stringify(text);
  return SINGLE.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}
