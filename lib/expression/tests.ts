/** The tests that stand behind `is` and `is not`. */
import { isMap } from './access.ts';
import type { Test } from './callable.ts';
import { isNumeric, plain, toNumeric } from './number.ts';
import { equals } from './operators.ts';

const remainder = (input: unknown): number => Math.abs(plain(toNumeric(input, 'to test'))) % 2;
const plainTest = (holds: (input: unknown) => boolean): Test => ({ parameters: [], holds });

export const TESTS: Readonly<Record<string, Test>> = {
  defined: { parameters: [], forgives: true, holds: (input) => input !== undefined && input !== null },
  null: plainTest((input) => input === null),
  empty: plainTest(isEmpty),
  even: plainTest((input) => remainder(input) === 0),
  odd: plainTest((input) => remainder(input) === 1),
  iterable: plainTest(Array.isArray),
  map: plainTest(isMap),
  string: plainTest((input) => typeof input === 'string'),
  number: plainTest(isNumeric),
  boolean: plainTest((input) => typeof input === 'boolean'),
  json: plainTest(isJson),
  equalTo: { parameters: ['value'], required: 1, holds: (input, [value]) => equals(input, value) },
};

export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

function isJson(value: unknown): boolean {
  if (typeof value !== 'string' || value.trim() === '') return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    // Not parsing is the answer to the question, not a fault.
    return false;
  }
}
