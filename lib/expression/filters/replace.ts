/** Replacing, and the filters of regular expressions. Patterns and replacements are Java's; what takes too long ends with an error. */
import { type Budget, TEXT_CHARS_MAX, tooLong, within } from '../budget.ts';
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { find } from '../regex/match.ts';
import { parseRegex } from '../regex/parse.ts';
import { replaceAll } from '../regex/replace.ts';
import { javaText } from '../value/text.ts';
import { mapOf, textOf, wholeOf } from './argument.ts';
import { everyText } from './every-text.ts';

/** One pair after another; in maps and lists, every text. */
export const replace: Filter = {
  parameters: ['replace_pairs', 'regexp'],
  required: 1,
  apply(input, [pairs, regexp], { budget }) {
    const replacements = Object.entries(mapOf(pairs, 'replace_pairs')).map(
      ([from, to]) => [from, javaText(to)] as const,
    );
    const one = regexp === true ? byPattern : byText;
    return everyText(input, budget, (text) =>
      replacements.reduce((result, [from, to]) => one(result, { from, to }, budget), text),
    );
  },
};

type Replacement = { readonly from: string; readonly to: string };

const byPattern = (text: string, { from, to }: Replacement, budget: Budget): string =>
  replaceAll(parseRegex(from), text, to, budget);

function byText(text: string, { from, to }: Replacement): string {
  if (from.length > 0 && to.length > 1 && (text.length / from.length) * to.length > TEXT_CHARS_MAX) throw tooLong();
  return within(text.replaceAll(from, () => to));
}

/** Whether it fits anywhere; null fits nowhere. */
export const regexMatch: Filter = {
  parameters: ['regex'],
  required: 1,
  takesNull: true,
  apply: (input, [regex], { budget }) =>
    input !== null && find(parseRegex(textOf(regex, 'regex')), javaText(input), 0, budget) !== undefined,
};

export const regexReplace: Filter = {
  parameters: ['regex', 'replacement'],
  required: 2,
  apply: (input, [regex, replacement], { budget }) =>
    replaceAll(parseRegex(textOf(regex, 'regex')), javaText(input), textOf(replacement, 'replacement'), budget),
};

/** The first match, or a group of it; null if there is none. */
export const regexExtract: Filter = {
  parameters: ['regex', 'group'],
  required: 1,
  apply(input, [regex, group], { budget }) {
    const parsed = parseRegex(textOf(regex, 'regex'));
    const index = group === undefined || group === null ? 0 : wholeOf(group, 'group');
    if (index < 0 || index >= parsed.groups)
      throw new ValueError(`expected a group between 0 and ${parsed.groups - 1}, got ${index}`);
    return find(parsed, javaText(input), 0, budget)?.groups[index] ?? null;
  },
};
