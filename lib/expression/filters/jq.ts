/** `jq(program)`: the list of what the program gives. Common programs are run here, all others by the jq that the world has. */
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { parseJq } from '../jq/parse.ts';
import { runJq } from '../jq/run.ts';
import type { JqNode } from '../jq/syntax.ts';
import { json, parseJson } from '../value/json.ts';
import { asked } from '../world.ts';
import { listOf, textOf } from './argument.ts';

const PROGRAMS_KEPT_MAX = 500;
const programs = new Map<string, JqNode | undefined>();

export const jq: Filter = {
  parameters: ['expression'],
  required: 1,
  apply(input, [expression], { world, budget }) {
    const program = textOf(expression, 'expression');
    const value = parseJson(typeof input === 'string' ? input : json(input));
    const known = parsed(program);
    if (known) return runJq(known, value, budget);
    const answer = asked(world, 'jq', { program, value: JSON.parse(json(value)) as unknown });
    if ('value' in answer) return listOf(answer.value, 'the results of jq');
    throw new ValueError('refused' in answer ? answer.refused : answer.missing);
  },
};

function parsed(program: string): JqNode | undefined {
  if (programs.has(program)) return programs.get(program);
  if (programs.size >= PROGRAMS_KEPT_MAX) programs.clear();
  const node = parseJq(program);
  programs.set(program, node);
  return node;
}
