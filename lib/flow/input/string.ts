/** STRING: any text, which a `validator` may have to fit. */
import { type InputKind, textOf } from './kind.ts';
import { readValidator, unfitting, VALIDATOR } from './matching.ts';

interface StringOptions {
  readonly validator?: string;
}

export const string: InputKind<StringOptions> = {
  javaClass: 'StringInput',
  options: { validator: VALIDATOR },
  read: (reader) => ({ validator: readValidator(reader) }),
  cast: (value) => ({ value: textOf(value) }),
  limit: (value, { validator }) => (validator === undefined ? undefined : unfitting(validator, String(value))),
};
