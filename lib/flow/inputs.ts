/**
 * What an execution gets as `inputs`: what was given, else the default, each as its type wants it. Undeclared values are
 * dropped, optional ones that are absent are null, ids with dots become maps. Given texts are never rendered; defaults are,
 * and see the inputs before them.
 */
import { renderAll } from '../expression/render.ts';
import type { Flow, Input } from '../model/flow.ts';
import type { Problem } from '../model/problem.ts';
import { castValue } from './cast.ts';
import { patternOf } from './input.ts';
import { excerpt } from './problems.ts';
import { holdsTemplate } from './templates.ts';

/** A pattern is the author's; what it is tried on is bounded. */
const VALIDATED_CHARS_MAX = 10_000;

export interface ResolvedInputs {
  readonly inputs: Record<string, unknown>;
  readonly problems: readonly Problem[];
}

export function resolveInputs(flow: Pick<Flow, 'inputs'>, given: Readonly<Record<string, unknown>>): ResolvedInputs {
  const inputs: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const input of flow.inputs) {
    const answer = resolved(input, given, inputs);
    if ('value' in answer) place(inputs, input.id, answer.value);
    else problems.push(answer);
  }
  return { inputs, problems };
}

type Answer = { readonly value: unknown } | Problem;

function resolved(
  input: Input,
  given: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>>,
): Answer {
  let value = lookUp(given, input.id);
  if (value === undefined || value === null) {
    try {
      value = holdsTemplate(input.defaults) ? renderAll(input.defaults, { inputs: before }) : input.defaults;
    } catch (error) {
      const message = `its default cannot be rendered: ${(error as Error).message}`;
      return problem(input, message, input.defaults, (error as Error).message);
    }
  }
  if (value === undefined || value === null)
    return input.required
      ? {
          ...problem(input, `expected a value of type ${input.type}, got nothing`, null, 'missing required input'),
          expected: input.type,
        }
      : { value: null };
  const cast = castValue(input.type, value);
  if ('problem' in cast)
    return {
      ...problem(input, cast.problem, value, `Expected \`${input.type}\` but received \`${textOf(value)}\``),
      expected: input.type,
    };
  return limited(input, cast.value);
}

function limited(input: Input, value: unknown): Answer {
  const { min, max, validator } = input;
  if (typeof value === 'number') {
    if (max !== undefined && value > max)
      return problem(input, `expected at most ${max}, got ${value}`, value, `it must be less than \`${max}\``);
    if (min !== undefined && value < min)
      return problem(input, `expected at least ${min}, got ${value}`, value, `it must be more than \`${min}\``);
  }
  if (validator !== undefined && typeof value === 'string') {
    const fits = value.length <= VALIDATED_CHARS_MAX && patternOf(validator)?.test(value);
    if (!fits)
      return problem(
        input,
        `expected a text that matches ${validator}, got ${excerpt(value)}`,
        value,
        `it must match the pattern \`${validator}\``,
      );
  }
  return { value };
}

/** Kestra's clients look for its sentence. */
const problem = (input: Input, message: string, value: unknown, kestra: string): Problem => ({
  severity: 'error',
  path: `inputs.${input.id}`,
  message,
  got: excerpt(value),
  kestra: `Invalid input for \`${input.id}\`, ${kestra}, but received \`${textOf(value)}\``,
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'));

/** By the id as it is, as forms send it; else as a place in maps, as triggers write it. */
function lookUp(given: Readonly<Record<string, unknown>>, id: string): unknown {
  if (Object.hasOwn(given, id)) return given[id];
  let value: unknown = given;
  for (const part of id.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function place(inputs: Record<string, unknown>, id: string, value: unknown): void {
  const parts = id.split('.');
  const last = parts.pop()!;
  let map = inputs;
  for (const part of parts) {
    if (!Object.hasOwn(map, part)) map[part] = {};
    map = map[part] as Record<string, unknown>;
  }
  map[last] = value;
}
