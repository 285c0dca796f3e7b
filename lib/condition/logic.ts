/** Conditions on conditions, and on any expression. */
import { isFalse } from '../expression/render.ts';
import type { Condition as Written } from '../model/flow.ts';
import type { Condition } from './condition.ts';
import { condition } from './entry.ts';

export const EXPRESSION = condition({
  name: 'Expression',
  older: 'VariableCondition',
  title: 'An expression holds',
  properties: ['expression'],
  required: ['expression'],
  holds: ({ expression }, { render }) => !isFalse(render(String(expression)).trim()),
});

export const NOT = condition({
  name: 'Not',
  title: 'None of some conditions holds',
  properties: ['conditions'],
  required: ['conditions'],
  holds: ({ conditions }, { holds }) => !inner(conditions).some(holds),
});

export const OR = condition({
  name: 'Or',
  title: 'One of some conditions holds',
  properties: ['conditions'],
  required: ['conditions'],
  holds: ({ conditions }, { holds }) => inner(conditions).some(holds),
});

export const LOGIC_CONDITIONS: readonly Condition[] = [EXPRESSION, NOT, OR];

function inner(conditions: unknown): readonly Written[] {
  return (Array.isArray(conditions) ? conditions : []).map((written: Readonly<Record<string, unknown>>) => {
    const { type, ...properties } = written;
    return { type: String(type), properties };
  });
}
