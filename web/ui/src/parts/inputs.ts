/** What a form of inputs begins with, and what of it is sent. Pure, so that a test can hold it without a browser. */
import type { InputView } from '../api.ts';

/** As a person edits it: maps and lists on several lines. */
export const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** A default that is an expression is rendered by the server: sent as a text it would stay one. */
const isExpression = (value: unknown): boolean => textOf(value).includes('{{');

export interface Field {
  readonly text: string;
  /** What the server takes when the field is left empty. */
  readonly otherwise: string;
  readonly required: boolean;
}

/** `given`: the inputs of an execution that is run again. */
export function fieldOf(input: InputView, given?: Readonly<Record<string, unknown>>): Field {
  const otherwise = textOf(input.defaults);
  const before = valueAt(given, input.id);
  const text = before === undefined ? (isExpression(input.defaults) ? '' : otherwise) : textOf(before);
  return { text, otherwise, required: input.required !== false && otherwise === '' };
}

/** An id with dots names a place in maps. */
function valueAt(given: Readonly<Record<string, unknown>> | undefined, id: string): unknown {
  let value: unknown = given;
  for (const part of id.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return value;
}

/** A field that is empty leaves the word to the default; a text that was emptied on purpose is an empty text. */
export function sentOf(
  inputs: readonly InputView[],
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const sent: Record<string, string> = {};
  for (const input of inputs) {
    const text = texts[input.id] ?? '';
    const emptied = input.type === 'STRING' && textOf(input.defaults) !== '' && !isExpression(input.defaults);
    if (text !== '' || emptied) sent[input.id] = text;
  }
  return sent;
}

/** The limits of a number, in words. */
export function limitsOf({ min, max }: InputView): string | undefined {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? undefined : `at most ${max}`;
}
