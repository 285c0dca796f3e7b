/** What `if`, `and`, `or`, `not` and `? :` make of a value. Maps and lists are no answer to a question, and null is none but to `? :`. */
import { ValueError } from '../error.ts';
import { isNumeric, kindOf, plain } from './number.ts';

export function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (isNumeric(value)) return plain(value) !== 0 && !Number.isNaN(plain(value));
  throw new ValueError(
    `expected true or false, a number or a text as a condition, got ${kindOf(value)} (\`is null\`, \`is empty\` or \`?? false\` make it one)`,
  );
}
