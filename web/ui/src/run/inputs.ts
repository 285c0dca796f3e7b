/** What a form of inputs begins with, and what of it is sent. Pure, so that a test can hold it without a browser. */
import type { InputView } from '../api.ts';

/** As a person edits it: maps and lists on several lines. */
export const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** What is an expression is rendered by the server: sent as a text it would stay one. */
const isExpression = (value: unknown): boolean => textOf(value).includes('{{');

/** The inputs inside of forms stand in the list too, under their whole ids. */
export const flatInputs = (inputs: readonly InputView[]): readonly InputView[] =>
  inputs.flatMap((input) => (input.type === 'FORM' ? insideOf(input) : [input]));

/** What gates the form gates each of them. */
export const insideOf = ({ id, inputs = [], dependsOn }: InputView): readonly InputView[] =>
  inputs.map((inner) => ({ ...inner, id: `${id}.${inner.id}`, dependsOn: inner.dependsOn ?? dependsOn }));

export interface Field {
  readonly text: string;
  /** What the server takes when the field is left empty. */
  readonly otherwise: string;
  readonly required: boolean;
}

/** What is kept sealed or as a file does not come back from an execution as it was given. */
const NEVER_GIVEN_BACK: ReadonlySet<string> = new Set(['SECRET', 'FILE']);

/** `given`: the inputs of an execution that is run again; `keepsFiles`: its files count where no other is chosen. */
export function fieldOf(input: InputView, given?: Readonly<Record<string, unknown>>, keepsFiles = false): Field {
  const otherwise = textOf(input.defaults);
  const kept = keepsFiles && input.type === 'FILE' ? textOf(valueAt(given, input.id)) : '';
  const required = input.required !== false && otherwise === '' && !input.dependsOn && kept === '';
  if (kept !== '') return { text: '', otherwise: kept, required };
  const before = NEVER_GIVEN_BACK.has(input.type) ? undefined : valueAt(given, input.id);
  if (before !== undefined) return { text: textOf(before), otherwise, required };
  const first = input.prefill ?? input.defaults;
  return { text: isExpression(first) ? '' : textOf(first), otherwise, required };
}

/** An id with dots names a place in maps. */
export function valueAt(given: Readonly<Record<string, unknown>> | undefined, id: string): unknown {
  let value: unknown = given;
  for (const part of id.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return value;
}

/**
 * What goes to the server: `texts` holds the fields that are there, each with all that was chosen. A field that is empty leaves
 * the word to the default; a text that was emptied on purpose is an empty text.
 */
export function sentOf(
  inputs: readonly InputView[],
  texts: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, string>> {
  const sent: Record<string, string> = {};
  for (const input of inputs) {
    const [text, ...more] = texts.get(input.id) ?? [];
    if (text === undefined) continue;
    const emptied = input.type === 'STRING' && textOf(input.defaults) !== '' && !isExpression(input.defaults);
    if (choicesOf(input) && input.type === 'MULTISELECT') sent[input.id] = JSON.stringify([text, ...more]);
    else if (text !== '' || emptied) sent[input.id] = text;
  }
  return sent;
}

export interface ChoiceView {
  readonly label: string;
  readonly value: string;
}

/** Undefined where any text may be typed. */
export function choicesOf({ type, values, allowCustomValue }: InputView): readonly ChoiceView[] | undefined {
  const chooses = type === 'SELECT' || type === 'ENUM' || type === 'MULTISELECT';
  if (!chooses || allowCustomValue || !values) return undefined;
  return values.map((choice) => (typeof choice === 'string' ? { label: choice, value: choice } : choice));
}

/** The limits of a number, in words. */
export function limitsOf({ min, max }: InputView): string | undefined {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? undefined : `at most ${max}`;
}
