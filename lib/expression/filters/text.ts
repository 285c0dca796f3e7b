/** Filters of texts: case, parts, replacing, indenting. */

import { isMap } from '../access.ts';
import { TEXT_CHARS_MAX, tooLong, within } from '../budget.ts';
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { kindOf } from '../number.ts';
import { print } from '../print.ts';
import { textOf, wholeOf } from './argument.ts';

/** A regular expression may take very long over a long text, so it gets only short ones. */
const REGEX_PATTERN_CHARS_MAX = 1_000;
const REGEX_TEXT_CHARS_MAX = 100_000;

const onText = (apply: (text: string) => string): Filter => ({
  parameters: [],
  apply: (input) => apply(textOf(input, 'what is filtered')),
});
const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A filter of a text and one text more. */
const withText = (parameter: string, apply: (text: string, other: string) => unknown): Filter => ({
  parameters: [parameter],
  required: 1,
  apply: (input, [other]) => apply(textOf(input, 'what is filtered'), textOf(other, parameter)),
});

export const TEXT_FILTERS: Readonly<Record<string, Filter>> = {
  upper: onText((text) => text.toUpperCase()),
  lower: onText((text) => text.toLowerCase()),
  trim: onText((text) => text.trim()),
  capitalize: onText((text) => text.replace(/\S/, (letter) => letter.toUpperCase())),
  title: onText((text) => text.replace(/\S+/g, capitalized)),
  condenseString: onText((text) => text.replace(/\s+/g, ' ').trim()),
  slugify: onText(slug),
  abbreviate: {
    parameters: ['length'],
    required: 1,
    apply: (input, [length]) => abbreviated(textOf(input, 'what is filtered'), wholeOf(length, 'length')),
  },
  startsWith: withText('value', (text, part) => text.startsWith(part)),
  endsWith: withText('value', (text, part) => text.endsWith(part)),
  substringBefore: withText('separator', (text, part) =>
    text.includes(part) ? text.slice(0, text.indexOf(part)) : text,
  ),
  substringBeforeLast: withText('separator', (text, part) =>
    text.includes(part) ? text.slice(0, text.lastIndexOf(part)) : text,
  ),
  substringAfter: withText('separator', (text, part) =>
    text.includes(part) ? text.slice(text.indexOf(part) + part.length) : '',
  ),
  substringAfterLast: withText('separator', (text, part) =>
    text.includes(part) ? text.slice(text.lastIndexOf(part) + part.length) : '',
  ),
  substring: {
    parameters: ['from', 'to'],
    required: 1,
    apply: (input, [from, to]) =>
      textOf(input, 'what is filtered').slice(wholeOf(from, 'from'), to === undefined ? undefined : wholeOf(to, 'to')),
  },
  replace: {
    parameters: ['replace_pairs', 'regexp'],
    required: 1,
    apply: (input, [pairs, regexp]) => replaced(textOf(input, 'what is filtered'), pairs, regexp === true),
  },
  indent: { parameters: ['amount', 'prefix'], required: 1, apply: (input, args) => indented(input, args) },
  nindent: {
    parameters: ['amount', 'prefix'],
    required: 1,
    apply: (input, args) => `\n${indented(input, args, true)}`,
  },
};

function slug(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The dots count. */
function abbreviated(text: string, length: number): string {
  if (length < 0) throw new ValueError(`expected a length of at least 0, got ${length}`);
  if (text.length <= length) return text;
  return length <= 3 ? text.slice(0, length) : `${text.slice(0, length - 3)}...`;
}

function replaced(text: string, pairs: unknown, regexp: boolean): string {
  if (!isMap(pairs)) throw new ValueError(`expected a map of what is replaced by what, got ${kindOf(pairs)}`);
  let result = text;
  for (const [from, to] of Object.entries(pairs)) {
    const by = print(to);
    if (by.length > 1 && from.length > 0 && !regexp && (result.length / from.length) * by.length > TEXT_CHARS_MAX)
      throw tooLong();
    result = within(
      regexp ? result.replace(patternOf(from, result), by.replace(/\\(.)/g, '$1')) : result.replaceAll(from, () => by),
    );
  }
  return result;
}

function patternOf(pattern: string, text: string): RegExp {
  if (pattern.length > REGEX_PATTERN_CHARS_MAX || text.length > REGEX_TEXT_CHARS_MAX) {
    throw new ValueError(
      `expected a pattern of at most ${REGEX_PATTERN_CHARS_MAX} and a text of at most ${REGEX_TEXT_CHARS_MAX} characters for a regular expression`,
      'budget',
    );
  }
  try {
    return new RegExp(pattern, 'g');
  } catch (error) {
    throw new ValueError(`expected a regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Every line but the first, unless `first`: the text stands behind what is written before it. */
function indented(input: unknown, [amount, prefix]: readonly unknown[], first = false): string {
  const count = wholeOf(amount, 'amount');
  const unit = prefix === undefined ? ' ' : textOf(prefix, 'prefix');
  const text = textOf(input, 'what is filtered');
  const lines = text.split(/\r?\n/);
  if (count < 0 || count * unit.length * lines.length + text.length > TEXT_CHARS_MAX) throw tooLong();
  const space = unit.repeat(count);
  return lines.map((line, index) => (index === 0 && !first ? line : space + line)).join('\n');
}
