/**
 * Names of things. An id that someone asks for is random; an id that follows from why it is asked is derived (invariant
 * B3), so that asking twice is asking once. All ids are 22 characters of base62, never only digits, without `:`.
 */
import { hash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 22;
/** Characters of a time: 52 · 62⁶ milliseconds last until 2063. */
const LEAD = 7;

/** The id that follows from `parts`. The separator cannot stand in a part, so (`ab`, `c`) and (`a`, `bc`) differ. */
export function derivedId(...parts: readonly (string | number)[]): string {
  return idOf(hash('sha1', parts.join('\u0000'), 'buffer'));
}

/** The id made of 16 or more random `bytes`, which the caller draws: this room has no dice. */
export function idOf(bytes: Uint8Array): string {
  let id = '';
  for (let word = 0; id.length < LENGTH; word += 4) {
    // Four bytes give at most six characters; the bias against random is far below what a collision needs.
    let rest =
      bytes[word % 16]! * 0x1000000 +
      ((bytes[(word + 1) % 16]! << 16) | (bytes[(word + 2) % 16]! << 8) | bytes[(word + 3) % 16]!);
    for (let n = 0; n < 6 && id.length < LENGTH; n++) {
      id += id.length === 0 ? ALPHABET[10 + (rest % 52)] : ALPHABET[rest % 62];
      rest = Math.floor(rest / 62);
    }
  }
  return id;
}

/** `id` with a time in front, so that what begins together stands together in every index. */
export function timeLed(atMs: number, id: string): string {
  let lead = '';
  let rest = atMs;
  for (let n = 1; n < LEAD; n++) {
    lead = ALPHABET[rest % 62] + lead;
    rest = Math.floor(rest / 62);
  }
  return ALPHABET[10 + (rest % 52)] + lead + id.slice(LEAD);
}

/** `id` with the time in front that `other` has. */
export const beside = (other: string, id: string): string => other.slice(0, LEAD) + id.slice(LEAD);

/** The content hash of a flow's source: what a start names, so that an edit never changes a running execution. */
export function sourceHash(tenant: string, source: string): string {
  return derivedId('source', tenant, source);
}

/** The stable number of an id, for choosing its partition: FNV-1a, 32 bits. */
export function numberOf(id: string): number {
  let number = 0x811c9dc5;
  for (let n = 0; n < id.length; n++) number = Math.imul(number ^ id.charCodeAt(n), 0x01000193);
  return number >>> 0;
}
