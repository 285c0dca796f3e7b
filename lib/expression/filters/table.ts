/** Every filter by its name. */
import type { Filter } from '../callable.ts';
import { isEmpty } from '../tests.ts';
import { CODE_FILTERS } from './code.ts';
import { LIST_FILTERS } from './list.ts';
import { NUMBER_FILTERS } from './number.ts';
import { TEXT_FILTERS } from './text.ts';

const OTHERS: Readonly<Record<string, Filter>> = {
  default: {
    parameters: ['default'],
    required: 1,
    takesNull: true,
    forgives: true,
    apply: (input, [fallback]) => (isEmpty(input) ? fallback : input),
  },
};

export const FILTERS: Readonly<Record<string, Filter>> = {
  ...OTHERS,
  ...TEXT_FILTERS,
  ...LIST_FILTERS,
  ...CODE_FILTERS,
  ...NUMBER_FILTERS,
};
