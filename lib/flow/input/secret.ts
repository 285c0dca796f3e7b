/**
 * SECRET: a text that is kept encrypted. Whoever resolves inputs hands in what seals it; the clear text is seen by the
 * expressions of other inputs, and by tasks. No sentence of ours repeats it.
 */
import { excerpt } from '../problems.ts';
import { type InputKind, textOf } from './kind.ts';
import { readValidator, unfitting, VALIDATOR } from './matching.ts';

/** What stands for a secret wherever it may not be seen. */
export const HIDDEN = '******';

interface SecretOptions {
  readonly validator?: string;
}

export const secret: InputKind<SecretOptions> = {
  javaClass: 'SecretInput',
  options: { validator: VALIDATOR },
  keeps: 'sealed',
  read: (reader) => ({ validator: readValidator(reader) }),
  cast: (value) =>
    typeof value === 'object'
      ? { problem: `expected a text, got ${excerpt(HIDDEN)}`, kestra: `Expected \`SECRET\` but received \`${HIDDEN}\`` }
      : { value: textOf(value) },
  limit: (value, { validator }) => (validator === undefined ? undefined : unfitting(validator, String(value), HIDDEN)),
};
