/** `name=value` arguments that may be given many times. */
import { Fault, isFault } from '../../../lib/errors.ts';

/** For commander: gathers the values of an option. */
export const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `fileText`, where given, reads the file of `name=@file`. Throws `request.invalid` for what is no pair, or is there twice. */
export function pairsOf(
  texts: readonly string[],
  option: string,
  fileText?: (file: string) => string,
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0) throw new Fault('request.invalid', `${option}: expected name=value, got ${text}`);
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    if (pairs.has(name)) throw new Fault('request.invalid', `${option}: expected ${name} once, got it twice`);
    pairs.set(name, fileText && value.startsWith('@') ? readFrom(value.slice(1), option, fileText) : value);
  }
  return pairs;
}

function readFrom(file: string, option: string, fileText: (file: string) => string): string {
  try {
    return fileText(file);
  } catch (error) {
    const said = isFault(error) ? error.detail : `expected a file that can be read, got ${file}`;
    throw new Fault('request.invalid', `${option}: ${said}`, { cause: error });
  }
}
