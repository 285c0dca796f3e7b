/** Files that were named on the command line. */
import { readFileSync } from 'node:fs';
import { Fault, textOf } from '../../lib/errors.ts';

/** A byte order mark stays: a source is sent as it stands in its file. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws `request.invalid` where it cannot be read. */
export function contentOfFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Fault('request.invalid', `expected a file that can be read, got ${file} (${textOf(error)})`, {
      cause: error,
    });
  }
}

/** Throws `request.invalid`: it cannot be read, or other signs than the author's would be sent. */
export function textOfFile(file: string): string {
  const content = contentOfFile(file);
  try {
    return UTF_8.decode(content);
  } catch {
    throw new Fault('request.invalid', `expected a file in UTF-8, got ${file}, which is none`);
  }
}
