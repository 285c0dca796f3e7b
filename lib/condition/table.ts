/** Every condition there is. */
import type { Condition as Written } from '../model/flow.ts';
import type { Condition, Subject } from './condition.ts';
import { EXECUTION_CONDITIONS } from './execution.ts';
import { LOGIC_CONDITIONS } from './logic.ts';

export const CONDITIONS: readonly Condition[] = [...EXECUTION_CONDITIONS, ...LOGIC_CONDITIONS];

const byName = new Map(CONDITIONS.flatMap((each) => [each.type, ...each.aliases].map((name) => [name, each] as const)));

/** Throws ExpressionError. */
export function holds({ type, properties }: Written, subject: Omit<Subject, 'holds'>): boolean {
  return byName.get(type)!.holds(properties, { ...subject, holds: (inner) => holds(inner, subject) });
}
