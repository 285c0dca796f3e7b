/** Filters that look at a part of a text, or give one. */
import type { Filter } from '../callable.ts';
import { javaText } from '../value/text.ts';
import { textOf, wholeOf } from './argument.ts';

/** A filter of a text and one text more. */
const withText = (parameter: string, apply: (text: string, other: string) => unknown): Filter => ({
  parameters: [parameter],
  required: 1,
  apply: (input, [other]) => apply(javaText(input), textOf(other, parameter)),
});

export const startsWith = withText('value', (text, part) => text.startsWith(part));
export const endsWith = withText('value', (text, part) => text.endsWith(part));

/** Where the separator is not found: before it is everything, behind it nothing. */
export const substringBefore = withText('separator', (text, part) => text.slice(0, at(text.indexOf(part), text)));
export const substringBeforeLast = withText('separator', (text, part) =>
  text.slice(0, at(text.lastIndexOf(part), text)),
);
export const substringAfter = withText('separator', (text, part) => text.slice(behind(text.indexOf(part), part, text)));
export const substringAfterLast = withText('separator', (text, part) =>
  text.slice(behind(text.lastIndexOf(part), part, text)),
);

export const substring: Filter = {
  parameters: ['from', 'to'],
  required: 1,
  apply: (input, [from, to]) =>
    textOf(input, 'what is filtered').slice(wholeOf(from, 'from'), to === undefined ? undefined : wholeOf(to, 'to')),
};

const at = (index: number, text: string): number => (index === -1 ? text.length : index);
const behind = (index: number, part: string, text: string): number =>
  index === -1 ? text.length : index + part.length;
