/** A value → text, as a template prints it: null is nothing, maps and lists are JSON, doubles keep their point. */
import { within } from '../budget.ts';
import { json } from './json.ts';
import { Entry } from './map.ts';
import { isNumeric, numberText } from './number.ts';
import { javaText } from './text.ts';

export function print(value: unknown): string {
  if (typeof value === 'string') return within(value);
  if (value === null || value === undefined) return '';
  if (isNumeric(value)) return numberText(value);
  if (value instanceof Entry) return javaText(value);
  return typeof value === 'object' ? json(value) : String(value);
}
