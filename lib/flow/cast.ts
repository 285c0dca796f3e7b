/** A value as its declared type wants it: inputs arrive as texts, typed outputs as rendered values. */
import { type Cast, type InputKind, refusal } from './input/kind.ts';
import { INPUT_KINDS, inputKind } from './input/table.ts';

/** Types of single values: of inputs, of items, of outputs. */
export const VALUE_TYPES: readonly string[] = Object.entries(INPUT_KINDS).flatMap(([type, { keeps }]) =>
  keeps === 'group' ? [] : [type],
);
/** Kestra has them; they come with later issues. */
export const LATER_TYPES: readonly string[] = ['REUSABLE_INPUTS'];

/** `options` are those of an input; an output has none. The problem reads *expected …, got …*. */
export function castValue(type: string, value: unknown, options: object = {}): Cast {
  const kind = inputKind(type);
  return kind
    ? castBy(kind, value, options)
    : refusal(`one of ${VALUE_TYPES.join(', ')}`, type, `Invalid type: ${type}`);
}

export const castBy = (kind: InputKind, value: unknown, options: object): Cast => kind.cast(value, options, castValue);
