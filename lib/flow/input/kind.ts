/**
 * What a type of input is: the options that it adds, how a given value becomes one of its own, what limits it then has. A type
 * is a file beside this one and a line in `table.ts`; typed outputs of flows are cast by the same table.
 */
import type { Input } from '../../model/flow.ts';
import type { Schema } from '../language.ts';
import { excerpt } from '../problems.ts';
import type { MapReader } from '../reader.ts';

/** Why a value is refused: our sentence, *expected …, got …*, and the words that Kestra's clients look for. */
export interface Refusal {
  readonly problem: string;
  readonly kestra: string;
}

export type Cast = { readonly value: unknown } | Refusal;

/** What the options of a type rest on besides their own map. */
export interface Around {
  /** Names of the types that a single value, an item or an output may have. */
  readonly types: readonly string[];
  /** The inputs of a list inside, read as those of the flow are. */
  readonly inputs: (reader: MapReader, name: string) => readonly Input[];
}

/** `O` are its options as they stand on the input. Values are plain JSON, times as Java prints them. */
export interface InputKind<O extends object = object> {
  /** Kestra's class of it. */
  readonly javaClass: string;
  /** As JSON Schema; `read` judges what they say, and knows no others. */
  readonly options: Readonly<Record<string, Schema>>;
  /** Those that must be there. */
  readonly needs?: readonly string[];
  /** `sealed`: its value is kept encrypted, and seen by tasks alone. `upload`: its value may come as a file. `group`: it has no value. */
  readonly keeps?: 'sealed' | 'upload' | 'group';
  read?(reader: MapReader, around: Around): O;
  /** What stands in `defaults` is judged by `cast` and `limit`, unless the type has a rule of its own. */
  refusedDefault?(value: unknown, input: Input): Refusal | undefined;
  /** The default of an input that has none written. */
  fallback?(options: O): unknown;
  /** The templates in its options, by the option's name. */
  templates?(options: O): Readonly<Record<string, string>>;
  /** The options once these templates are rendered. */
  rendered?(options: O, texts: Readonly<Record<string, string>>): O | Refusal;
  /** `item` casts a value inside by the name of its type. */
  cast(value: unknown, options: O, item: (type: string, value: unknown) => Cast): Cast;
  /** Judges a value that was cast. */
  limit?(value: unknown, options: O): Refusal | undefined;
}

export const isRefusal = (answer: object): answer is Refusal => 'problem' in answer;

/** A value in a sentence of Kestra's: texts as they are, all else as JSON. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? 'null' : JSON.stringify(value);

export const expectedType = (type: string, expected: string, value: unknown): Refusal => ({
  problem: `expected ${expected}, got ${excerpt(value)}`,
  kestra: `Expected \`${type}\` but received \`${textOf(value)}\``,
});

export const refusal = (expected: string, value: unknown, kestra: string): Refusal => ({
  problem: `expected ${expected}, got ${excerpt(value)}`,
  kestra,
});

/** Kestra prints a list so. */
export const javaList = (values: readonly unknown[]): string => `[${values.map(textOf).join(', ')}]`;
