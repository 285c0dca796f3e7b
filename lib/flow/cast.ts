/** A value as its declared type wants it: inputs arrive as texts, typed outputs as rendered values. */
import { type Cast, type InputKind, isRefusal, refusal } from './input/kind.ts';
import { INPUT_KINDS, inputKind } from './input/table.ts';

/** Types of single values: of inputs, of items, of outputs. */
export const VALUE_TYPES: readonly string[] = Object.entries(INPUT_KINDS).flatMap(([type, { keeps }]) =>
  keeps === 'group' ? [] : [type],
);
/** Kestra has them; they come with later issues. */
export const LATER_TYPES: readonly string[] = ['REUSABLE_INPUTS'];

/** An item, or a typed output: what is secret is none of them. The problem reads *expected …, got …*. */
export function castValue(type: string, value: unknown): Cast {
  const kind = inputKind(type);
  if (kind?.keeps === 'sealed') return UNSEALED;
  return kind ? castBy(kind, value, {}) : refusal(`one of ${VALUE_TYPES.join(', ')}`, type, `Invalid type: ${type}`);
}

export const castBy = (kind: InputKind, value: unknown, options: object): Cast => kind.cast(value, options, castValue);

/** A typed output of a flow. `seal` encrypts the text of a secret one; without it there is none. */
export function castOutput(type: string, value: unknown, seal?: (text: string) => unknown): Cast {
  const kind = inputKind(type);
  if (kind?.keeps !== 'sealed') return castValue(type, value);
  const cast = castBy(kind, value, {});
  if (isRefusal(cast)) return cast;
  return seal ? { value: seal(String(cast.value)) } : UNSEALED;
}

/** No secret leaves in clear. */
const UNSEALED: Cast = {
  problem: 'expected a server that encrypts, got one without a key',
  kestra: 'Unable to use a `SECRET` input/output as encryption is not configured',
};
