/**
 * Secrets at rest: AES-256-GCM, a random nonce of 96 bits each, bound to the place that it was sealed for (`execution/input`):
 * an envelope that is moved to another place opens nowhere. It names the key, so that a key may be changed one day.
 */
import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes } from 'node:crypto';
import { Fault } from '../errors.ts';
import { ENVELOPE_TYPE, type Envelope } from '../model/envelope.ts';

export const KEY_BYTES = 32;
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = '1';
const KEY_ID_CHARS = 8;

export interface Cipher {
  /** Tells keys apart, and says nothing of what they are. */
  readonly keyId: string;
  seal(place: string, text: string): Envelope;
  /**
   * The same envelope each time: its nonce follows from key, place and text, so no two texts share one. For steps, which must
   * give the same on any machine (E1).
   */
  sealAlike(place: string, text: string): Envelope;
  /** Throws `encryption.unreadable`. */
  open(place: string, envelope: Envelope): string;
}

/** `key` has 32 bytes. */
export function cipherOf(key: Uint8Array): Cipher {
  const keyId = hash('sha256', Buffer.concat([Buffer.from('windhover key id\0'), key])).slice(0, KEY_ID_CHARS);
  const nonceKey = createHmac('sha256', key).update('windhover nonce').digest();
  const sealedWith = (nonce: Uint8Array, place: string, text: string): Envelope => {
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { type: ENVELOPE_TYPE, value: `${FORMAT}.${keyId}.${sealed.toString('base64')}` };
  };
  return {
    keyId,
    seal: (place, text) => sealedWith(randomBytes(NONCE_BYTES), place, text),
    sealAlike: (place, text) => {
      const nonce = createHmac('sha256', nonceKey)
        .update(JSON.stringify([place, text]))
        .digest();
      return sealedWith(nonce.subarray(0, NONCE_BYTES), place, text);
    },
    open: (place, { value }) => {
      const [format, sealedBy, text = ''] = value.split('.');
      if (format !== FORMAT) throw unreadable(place, `format ${FORMAT}`, JSON.stringify(format).slice(0, 20));
      if (sealedBy !== keyId) throw unreadable(place, `the key ${keyId}`, String(sealedBy).slice(0, 20));
      try {
        const sealed = Buffer.from(text, 'base64');
        const nonce = sealed.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(-TAG_BYTES));
        return `${decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8')}${decipher.final('utf8')}`;
      } catch (cause) {
        throw unreadable(place, 'what was sealed for this place', 'something else', cause);
      }
    },
  };
}

const unreadable = (place: string, expected: string, got: string, cause?: unknown): Fault =>
  new Fault('encryption.unreadable', `${place}: expected ${expected}, got ${got}`, { cause });
