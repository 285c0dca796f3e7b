/** Every function by its name. None of them reads the world: those that must are answered before a template is rendered. */
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { textOf } from '../filters/argument.ts';
import { type Numeric, plain, toNumeric } from '../number.ts';
import { json, parseJson } from '../print.ts';
import { range } from '../range.ts';
import { currentEachOutput } from './outputs.ts';

const fromJson: ExpressionFunction = {
  parameters: ['json'],
  required: 1,
  call: ([text]) => (text === null ? null : parseJson(textOf(text, 'json'))),
};
const contextShown: ExpressionFunction = { parameters: [], reads: 'all', call: (_, { context }) => json(context) };
/** `recursive` renders again as long as there is something to render. */
const RENDERS_MAX = 10;

export const FUNCTIONS: Readonly<Record<string, ExpressionFunction>> = {
  fromJson,
  json: fromJson,
  range: {
    parameters: ['start', 'end', 'step'],
    required: 2,
    call: ([start, end, step], { budget }) => range(start, end, step, budget),
  },
  max: { parameters: [], variadic: true, call: (values) => extreme(values, (a, b) => a > b) },
  min: { parameters: [], variadic: true, call: (values) => extreme(values, (a, b) => a < b) },
  printContext: contextShown,
  fetchContext: { parameters: [], reads: 'all', call: (_, { context }) => context },
  currentEachOutput,
  renderOnce: {
    parameters: ['toRender'],
    required: 1,
    reads: 'all',
    call: ([text], { render }) => render(textOf(text, 'toRender')),
  },
  render: {
    parameters: ['toRender', 'recursive'],
    required: 1,
    reads: 'all',
    call: ([text, recursive], { render }) => rendered(textOf(text, 'toRender'), recursive !== false, render),
  },
};

function rendered(text: string, recursive: boolean, render: (text: string) => string): string {
  let result = render(text);
  let before = text;
  for (let times = 1; recursive && result !== before && result.includes('{'); times++) {
    if (times > RENDERS_MAX)
      throw new ValueError(`expected a text that is done after ${RENDERS_MAX} renderings`, 'budget');
    before = result;
    result = render(result);
  }
  return result;
}

function extreme(values: readonly unknown[], better: (a: number, b: number) => boolean): Numeric | null {
  let best: Numeric | null = null;
  for (const value of values) {
    const number = toNumeric(value, 'to compare');
    if (best === null || better(plain(number), plain(best))) best = number;
  }
  return best;
}
