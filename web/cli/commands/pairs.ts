/** `name=value` arguments that may be given many times. */
import { basename } from 'node:path';
import { Fault, isFault } from '../../../lib/errors.ts';
import { contentOfFile } from '../named-file.ts';

/** For commander: gathers the values of an option. */
export const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Throws `request.invalid` for what is no pair, or is there twice. */
export function pairsOf(texts: readonly string[], option: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0) throw new Fault('request.invalid', `${option}: expected name=value, got ${text}`);
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    if (pairs.has(name)) throw new Fault('request.invalid', `${option}: expected ${name} once, got it twice`);
    pairs.set(name, value);
  }
  return pairs;
}

/**
 * Inputs as the body of a request; `name=@file` sends the file, which the server takes as one or as its text, as the input is
 * declared. Undefined where there is none: multipart with no part at all is refused by many parsers. Throws `request.invalid`.
 */
export function inputsOf(texts: readonly string[]): FormData | undefined {
  const body = new FormData();
  for (const [name, value] of pairsOf(texts, '--input'))
    body.append(name, value.startsWith('@') ? fileOf(value.slice(1)) : value);
  return texts.length > 0 ? body : undefined;
}

function fileOf(path: string): File {
  try {
    return new File([new Uint8Array(contentOfFile(path))], basename(path));
  } catch (error) {
    if (!isFault(error)) throw error;
    throw new Fault('request.invalid', `--input: ${error.detail}`, { cause: error });
  }
}
