/** EMAIL: an address, or nothing. */
import { type InputKind, refusal, textOf } from './kind.ts';

const ADDRESS = /^[a-zA-Z0-9_!#$%&’*+/=?`{|}~^.-]+@[a-zA-Z0-9.-]+$/;
const CHARS_MAX = 1_000;

export const email: InputKind = {
  javaClass: 'EmailInput',
  options: {},
  cast: (value) => ({ value: textOf(value) }),
  limit: (value) => {
    const text = String(value);
    return text === '' || (text.length <= CHARS_MAX && ADDRESS.test(text))
      ? undefined
      : refusal('an e-mail address', text, 'The input must be a valid email');
  },
};
