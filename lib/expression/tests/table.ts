/** The tests that stand behind `is` and `is not`, every one by its name. */
import type { Test } from '../callable.ts';

import { even, odd } from './number.ts';
import { boolean, defined, empty, equalTo, isNull, iterable, json, map, number, string } from './value.ts';

export const TESTS: Readonly<Record<string, Test>> = {
  boolean,
  defined,
  empty,
  equalTo,
  even,
  iterable,
  json,
  map,
  null: isNull,
  number,
  odd,
  string,
};
