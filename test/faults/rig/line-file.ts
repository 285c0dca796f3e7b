/** A file of JSON lines that others append to, read as it grows. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

export class LineFile<T> {
  readonly #path: string;
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that came since the last call; one that is half written comes with the next. */
  read(): readonly T[] {
    if (!existsSync(this.#path)) return [];
    const file = openSync(this.#path, 'r');
    try {
      const length = fstatSync(file).size - this.#offset;
      if (length === 0) return [];
      const bytes = Buffer.alloc(length);
      const read = readSync(file, bytes, 0, length, this.#offset);
      this.#offset += read;
      const lines = (this.#rest + bytes.toString('utf8', 0, read)).split('\n');
      this.#rest = lines.pop()!;
      return lines.map((line) => JSON.parse(line) as T);
    } finally {
      closeSync(file);
    }
  }
}
