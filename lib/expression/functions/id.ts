/** Identifiers, made of the dice that the world gives. */
import { idOf } from '../../model/ids.ts';
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { optional, textOf, wholeOf } from '../filters/argument.ts';
import { nowMs, random, type World } from '../world.ts';

const UUID_BYTES = 16;
const KSUID_EPOCH_SECONDS = 1_400_000_000;
const KSUID_RANDOM_BYTES = 16;
const KSUID_CHARS = 27;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const NANO_LENGTH = 21;
const NANO_LENGTH_MAX = 1_000;
const NANO_ALPHABET = `${BASE62}-_`;
const ALPHABET_MAX = 256;

export const uuid: ExpressionFunction = {
  parameters: [],
  call(_, { world }) {
    const bytes = random(world, UUID_BYTES);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
};

/** As the ids of executions are. */
export const id: ExpressionFunction = { parameters: [], call: (_, { world }) => idOf(random(world, UUID_BYTES)) };

/** Later ones sort behind earlier ones: four bytes of seconds, then dice. */
export const ksuid: ExpressionFunction = {
  parameters: [],
  call(_, { world }) {
    const seconds = BigInt(Math.floor(nowMs(world) / 1000) - KSUID_EPOCH_SECONDS);
    const hex = Buffer.from(random(world, KSUID_RANDOM_BYTES)).toString('hex');
    let rest = (seconds << BigInt(KSUID_RANDOM_BYTES * 8)) | BigInt(`0x${hex}`);
    let text = '';
    for (; text.length < KSUID_CHARS; rest /= 62n) text = BASE62[Number(rest % 62n)]! + text;
    return text;
  },
};

export const nanoId: ExpressionFunction = {
  parameters: ['length', 'alphabet'],
  call([length, alphabet], { world }) {
    const count = optional(length, wholeOf, 'length') ?? NANO_LENGTH;
    const letters = Array.from(optional(alphabet, textOf, 'alphabet') ?? NANO_ALPHABET);
    if (count < 0 || count > NANO_LENGTH_MAX)
      throw new ValueError(`expected a length of at most ${NANO_LENGTH_MAX}, got ${count}`);
    if (letters.length < 1 || letters.length > ALPHABET_MAX)
      throw new ValueError(`expected an alphabet of 1 to ${ALPHABET_MAX} letters, got ${letters.length}`);
    return drawn(letters, count, world);
  },
};

/** Bytes beyond the last whole turn of the alphabet are thrown again: no letter is likelier than another. */
function drawn(letters: readonly string[], count: number, world: World): string {
  const most = ALPHABET_MAX - (ALPHABET_MAX % letters.length);
  const text: string[] = [];
  while (text.length < count)
    for (const byte of random(world, count))
      if (byte < most && text.length < count) text.push(letters[byte % letters.length]!);
  return text.join('');
}
