/** `encrypt` and `decrypt`: AES-GCM as Kestra has it. What is encrypted is base64 of the 12 bytes that it begins with, the text, and the 16 bytes that prove it. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { textOf } from '../filters/argument.ts';
import { random } from '../world.ts';

const START_BYTES = 12;
const PROOF_BYTES = 16;
const ALGORITHMS = { 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' } as const;

export const encrypt: ExpressionFunction = {
  parameters: ['key', 'plaintext'],
  required: 2,
  call([key, plaintext], { world }) {
    const { algorithm, bytes } = keyOf(key);
    const text = textOf(plaintext, 'plaintext');
    const start = random(world, START_BYTES);
    const cipher = createCipheriv(algorithm, bytes, start, { authTagLength: PROOF_BYTES });
    return Buffer.concat([start, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  },
};

export const decrypt: ExpressionFunction = {
  parameters: ['key', 'encrypted'],
  required: 2,
  call([key, encrypted]) {
    const { algorithm, bytes } = keyOf(key);
    const input = Buffer.from(textOf(encrypted, 'encrypted'), 'base64');
    const refused = new ValueError('expected a text that was encrypted with this key, got another one');
    if (input.length < START_BYTES + PROOF_BYTES) throw refused;
    const decipher = createDecipheriv(algorithm, bytes, input.subarray(0, START_BYTES), { authTagLength: PROOF_BYTES });
    decipher.setAuthTag(input.subarray(-PROOF_BYTES));
    const text = decipher.update(input.subarray(START_BYTES, -PROOF_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      // The proof does not fit: another key, or a changed text. Which of them is not told.
      throw refused;
    }
  },
};

function keyOf(key: unknown): { readonly algorithm: (typeof ALGORITHMS)[16 | 24 | 32]; readonly bytes: Buffer } {
  const bytes = Buffer.from(textOf(key, 'key'), 'base64');
  const algorithm = ALGORITHMS[bytes.length as 16 | 24 | 32];
  if (!algorithm) throw new ValueError(`expected a key of 16, 24 or 32 bytes as base64, got one of ${bytes.length}`);
  return { algorithm, bytes };
}
