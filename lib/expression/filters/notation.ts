/** Filters that write a value in another notation. Null is written too. */
import type { Filter } from '../callable.ts';
import { ionText } from '../ion/write.ts';
import { json as jsonText } from '../value/json.ts';
import { print } from '../value/print.ts';
import { yamlText } from '../value/yaml-text.ts';

export const toJson: Filter = {
  parameters: ['includeNulls'],
  takesNull: true,
  apply: (input, [includeNulls]) => jsonText(input, { nulls: includeNulls === true }),
};
export const toIon: Filter = { parameters: [], takesNull: true, apply: ionText };
export const yaml: Filter = {
  parameters: [],
  takesNull: true,
  apply: (input) => (input === null ? 'null' : yamlText(input)),
};
export const string: Filter = { parameters: [], apply: print };
