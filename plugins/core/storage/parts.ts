/** Files that are written at once: each line goes to the one of its key. A key that is a number ends those before it. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { TaskError, type TaskFiles } from '@windhover/sdk';

/** Open at once, by keys that are texts. */
const OPEN_MAX = 1_000;
const PARTS_MAX = 10_000;

interface Part {
  readonly number: number;
  readonly path: string;
  readonly stream: WriteStream;
}

export class Parts {
  readonly #files: TaskFiles;
  readonly #folder: string;
  readonly #extension: string;
  readonly #open = new Map<string | number, Part>();
  readonly #uris: string[] = [];
  #count = 0;

  constructor(files: TaskFiles, folder: string, extension: string) {
    this.#files = files;
    this.#folder = folder;
    this.#extension = extension;
  }

  async add(key: string | number, line: Buffer): Promise<void> {
    let part = this.#open.get(key);
    if (!part) {
      if (typeof key === 'number') await this.#end();
      part = this.#begin(key);
    }
    if (part.stream.write(line)) return;
    await new Promise<void>((resolve, reject) => {
      part.stream.once('drain', resolve);
      part.stream.once('error', reject);
    });
  }

  /** Ends all; the addresses in the order in which they were begun. */
  async stored(): Promise<readonly string[]> {
    await this.#end();
    return this.#uris;
  }

  /** After a failure: nothing stays open. */
  close(): void {
    for (const { stream } of this.#open.values()) stream.destroy();
  }

  #begin(key: string | number): Part {
    if (this.#open.size >= OPEN_MAX)
      throw new TaskError(`expected at most ${OPEN_MAX} files by their pattern, got more`);
    if (this.#count >= PARTS_MAX) throw new TaskError(`expected at most ${PARTS_MAX} files, got more`);
    const number = ++this.#count;
    const path = join(this.#folder, `part-${number}${this.#extension}`);
    const part = { number, path, stream: createWriteStream(path) };
    // Whoever writes to it hears of it.
    part.stream.on('error', () => {});
    this.#open.set(key, part);
    return part;
  }

  async #end(): Promise<void> {
    for (const [key, { number, path, stream }] of this.#open) {
      stream.end();
      await finished(stream);
      this.#uris.push(await this.#files.store(`part-${number}${this.#extension}`, { path }));
      await rm(path);
      this.#open.delete(key);
    }
  }
}
