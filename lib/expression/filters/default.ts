/** `default(value)`: instead of what is missing, null or empty. */
import type { Filter } from '../callable.ts';
import { isEmpty } from '../tests/empty.ts';

export const defaultFilter: Filter = {
  parameters: ['default'],
  takesNull: true,
  forgives: true,
  apply: (input, [fallback]) => (isEmpty(input) ? (fallback ?? null) : input),
};
