/** Filters of a text's letters: case, white space, length. */
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { javaText } from '../value/text.ts';
import { textOf, wholeOf } from './argument.ts';

const onText = (apply: (text: string) => string): Filter => ({
  parameters: [],
  apply: (input) => apply(textOf(input, 'what is filtered')),
});
const onAny = (apply: (text: string) => string): Filter => ({
  parameters: [],
  apply: (input) => apply(javaText(input)),
});
const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export const upper = onAny((text) => text.toUpperCase());
export const lower = onAny((text) => text.toLowerCase());
export const trim = onText((text) => text.trim());
export const capitalize = onText((text) => text.replace(/\S/, (letter) => letter.toUpperCase()));
export const title = onText((text) => text.replace(/\S+/g, capitalized));
export const condenseString = onText((text) => text.replaceAll('\n', ''));

/** Letters without their accents, words joined by single dashes. */
export const slugify = onAny((text) =>
  text
    .replace(/[ \t\n\v\f\r]/g, '-')
    .normalize('NFD')
    .replace(/[^a-zA-Z0-9_-]/g, '')
    .replace(/[-_]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase(),
);

/** The dots count; what is as long as `length` is cut already. */
export const abbreviate: Filter = {
  parameters: ['length'],
  required: 1,
  apply(input, [length]) {
    const text = textOf(input, 'what is filtered');
    const most = wholeOf(length, 'length');
    if (most < 0) throw new ValueError(`expected a length of at least 0, got ${most}`);
    if (text.length < most || text.length <= 3) return text;
    return most <= 3 ? text.slice(0, most) : `${text.slice(0, most - 3)}...`;
  },
};
