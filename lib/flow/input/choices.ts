/**
 * What SELECT and MULTISELECT share: `values`, or an `expression` that gives them when the inputs are resolved. A value is a
 * text, or a map of what is shown (`label`) and what is meant (`value`).
 */
import { isTemplate } from '../../expression/render.ts';
import { flag, type Schema, words } from '../language.ts';
import { isMap, type MapReader } from '../reader.ts';
import { checkTemplates } from '../templates.ts';
import { type InputKind, isRefusal, javaList, type Refusal, refusal } from './kind.ts';

const VALUES_MAX = 10_000;

export type Choice = string | { readonly label: string; readonly value: string };

export interface Choices {
  readonly values?: readonly Choice[];
  readonly expression?: string;
  readonly allowCustomValue?: boolean;
  readonly isRadio?: boolean;
  readonly autoSelectFirst?: boolean;
}

const CHOICE: Schema = {
  type: ['string', 'number', 'boolean', 'object'],
  properties: { label: words('What is shown'), value: words('What is meant') },
  required: ['value'],
};

export const CHOICES = {
  values: { type: 'array', items: CHOICE, minItems: 1, description: 'What can be chosen' },
  expression: words('Gives the values: a list'),
  allowCustomValue: flag('Other values are taken too'),
  isRadio: flag('Shown as radio buttons'),
  autoSelectFirst: flag('The first counts where none is chosen'),
} satisfies Readonly<Record<string, Schema>>;

export const choosing = {
  templates: ({ expression }: Choices): Readonly<Record<string, string>> =>
    expression === undefined ? {} : { expression },
  rendered: <O extends Choices>(options: O, { expression = '' }: Readonly<Record<string, string>>): O | Refusal => {
    const values = valuesIn(expression);
    return isRefusal(values) ? values : { ...options, values };
  },
} satisfies Partial<InputKind<Choices>>;

/** `older` is another name of `values`. */
export function readChoices(reader: MapReader, older?: string): Choices {
  const name = older !== undefined && !reader.has('values') && reader.has(older) ? older : 'values';
  const values = reader.has(name)
    ? reader.list(name).flatMap((item, n) => choiceOf(reader, [name, n], item))
    : undefined;
  const expression = reader.text('expression');
  if (expression !== undefined && isTemplate(expression))
    checkTemplates(expression, reader.at('expression'), reader.problems);
  if (values === undefined && expression === undefined)
    reader.problems.missing(reader.at('values'), 'values, or an expression that gives them');
  else if (reader.has(name) && reader.list(name).length === 0)
    reader.problems.expected(reader.at(name), 'at least one value', [], 'must not be empty');
  return {
    ...(values === undefined ? {} : { values }),
    ...(expression === undefined ? {} : { expression }),
    ...flagOf(reader, 'allowCustomValue'),
    ...flagOf(reader, 'isRadio'),
    ...flagOf(reader, 'autoSelectFirst'),
  };
}

const flagOf = (reader: MapReader, name: string): Record<string, boolean> =>
  reader.has(name) ? { [name]: reader.boolean(name, false) } : {};

function choiceOf(reader: MapReader, [name, n]: [string, number], item: unknown): readonly Choice[] {
  const choice = asChoice(item);
  if (choice === undefined) reader.problems.expected([...reader.path, name, n], 'a text, or a label and a value', item);
  return choice === undefined ? [] : [choice];
}

function asChoice(item: unknown): Choice | undefined {
  if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return String(item);
  if (!isMap(item) || item.value === undefined || item.value === null || typeof item.value === 'object')
    return undefined;
  const value = String(item.value);
  const label = item.label === undefined || item.label === null ? value : String(item.label);
  return label === value ? value : { label, value };
}

export const meant = (choice: Choice): string => (typeof choice === 'string' ? choice : choice.value);

/** Undefined where the value is one of them, or may be any. */
export function unchosen(value: unknown, { values = [], allowCustomValue }: Choices): Refusal | undefined {
  const known = values.map(meant);
  if (allowCustomValue || known.includes(String(value))) return undefined;
  return refusal(`one of ${known.join(', ')}`, value, `it must match the values \`${javaList(known)}\``);
}

/** What an expression gives: a list, printed as JSON. */
function valuesIn(text: string): readonly Choice[] | Refusal {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    // It is no list: the refusal below says so.
  }
  const kestra = 'Invalid expression result. Expected a list of strings';
  if (!Array.isArray(list)) return refusal('an expression that gives a list', text, kestra);
  if (list.length > VALUES_MAX) return refusal(`at most ${VALUES_MAX} values`, list.length, kestra);
  const choices = list.filter((item) => item !== null).map(asChoice);
  return choices.includes(undefined)
    ? refusal('a list of texts, or of labels and values', text, kestra)
    : (choices as readonly Choice[]);
}
