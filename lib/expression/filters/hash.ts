/** Digests, in hexadecimal. */
import { hash } from 'node:crypto';
import type { Filter } from '../callable.ts';
import { textOf } from './argument.ts';

const hashed = (algorithm: string): Filter => ({
  parameters: [],
  apply: (input) => hash(algorithm, textOf(input, 'what is filtered'), 'hex'),
});

export const md5 = hashed('md5');
export const sha1 = hashed('sha1');
export const sha256 = hashed('sha256');
export const sha512 = hashed('sha512');
