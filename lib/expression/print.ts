/** A value → text, as a template prints it: null is nothing, maps and lists are JSON, doubles keep their point. */
import { weigh, within } from './budget.ts';
import { ValueError } from './error.ts';
import { isNumeric, numberText } from './number.ts';

export function print(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (isNumeric(value)) return numberText(value);
  return typeof value === 'object' ? json(value) : String(value);
}

export function json(value: unknown): string {
  if (isNumeric(value)) return numberText(value);
  weigh(value);
  return within(JSON.stringify(value ?? null));
}

/** @throws ValueError where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValueError(`expected JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
