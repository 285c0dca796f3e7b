/** `max`, `min`, `range`. */
import type { ExpressionFunction } from '../callable.ts';
import { order } from '../value/equality.ts';
import { type Numeric, toNumeric } from '../value/number.ts';
import { range as rangeOf } from '../value/range.ts';

const extreme = (better: (result: number) => boolean): ExpressionFunction => ({
  parameters: [],
  variadic: true,
  call(values) {
    let best: Numeric | null = null;
    for (const value of values) {
      if (value === null) continue;
      const number = toNumeric(value, 'to compare');
      if (best === null || better(order(number, best))) best = number;
    }
    return best;
  },
});

export const max = extreme((result) => result > 0);
export const min = extreme((result) => result < 0);

export const range: ExpressionFunction = {
  parameters: ['start', 'end', 'increment'],
  required: 2,
  call: ([start, end, increment], { budget }) => rangeOf(start, end, increment, budget),
};
