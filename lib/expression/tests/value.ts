/** Tests of what a value is. Only `is defined` may be asked of what there is not. */
import type { Test } from '../callable.ts';
import { equals } from '../value/equality.ts';
import { isMap } from '../value/map.ts';
import { isNumeric } from '../value/number.ts';
import { isEmpty } from './empty.ts';

const plain = (holds: (input: unknown) => boolean): Test => ({ parameters: [], holds });

export const defined: Test = {
  parameters: [],
  forgives: true,
  holds: (input) => input !== undefined && input !== null,
};
export const isNull = plain((input) => input === null || input === undefined);
export const empty = plain(isEmpty);
export const iterable = plain(Array.isArray);
export const map = plain(isMap);
export const string = plain((input) => typeof input === 'string');
export const number = plain(isNumeric);
export const boolean = plain((input) => typeof input === 'boolean');
export const json = plain(isJson);
export const equalTo: Test = {
  parameters: ['value'],
  required: 1,
  holds: (input, [value], { budget }) => equals(input, value, budget),
};

/** A map or a list is JSON by itself; a text is, if it reads as JSON. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'string') return isMap(value) || Array.isArray(value);
  try {
    JSON.parse(value);
    return true;
  } catch {
    // Not parsing is the answer to the question, not a fault.
    return false;
  }
}
