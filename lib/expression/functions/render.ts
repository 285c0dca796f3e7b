/** `render` and `renderOnce`: texts of the data as templates, of maps and lists every text and key. Nothing else of the data ever is one. */
import { spend } from '../budget.ts';
import type { Call, ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { hashOrdered } from '../value/hash-order.ts';
import { isMap } from '../value/map.ts';

/** Renderings of one text, each of what the one before gave. */
const RENDERS_MAX = 100;

export const render: ExpressionFunction = {
  parameters: ['toRender', 'recursive'],
  required: 1,
  reads: 'all',
  call: ([value, recursive], call) => every(value, recursive === false ? call.render : repeatedly(call), call),
};

export const renderOnce: ExpressionFunction = {
  parameters: ['toRender'],
  required: 1,
  reads: 'all',
  call: ([value], call) => every(value, call.render, call),
};

function every(value: unknown, one: (text: string) => string, call: Call): unknown {
  spend(call.budget, 1);
  if (typeof value === 'string') return one(value);
  if (Array.isArray(value)) return value.map((item) => every(item, one, call));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [one(key), every(item, one, call)] as const);
  return hashOrdered(entries, 0);
}

/** Until it stays the same. */
const repeatedly = (call: Call) => (text: string) => {
  let [before, result] = [text, call.render(text)];
  for (let times = 1; result !== before; times++) {
    if (times > RENDERS_MAX)
      throw new ValueError(
        `expected a text that is done after ${RENDERS_MAX} renderings: Too many rendering attempts`,
        'budget',
      );
    [before, result] = [result, call.render(result)];
  }
  return result;
};
