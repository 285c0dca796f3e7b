/**
 * The log of a task that says `logToFile`: one file of the internal storage in place of lines in the log. A line of the file is its
 * time, its level and its text.
 */
import { PassThrough, type Readable } from 'node:stream';
import type { Level } from '../model/log-line.ts';
import type { LineSink } from './outcome.ts';

export class LogFile {
  readonly #store: (content: Readable) => Promise<string>;
  #content: PassThrough | undefined;
  #closed = false;
  #stored: Promise<string> | undefined;

  /** `store` gives the URI under which it has kept the content. */
  constructor(store: (content: Readable) => Promise<string>) {
    this.#store = store;
  }

  readonly sink: LineSink = (level: Level, message: string) => {
    // A plugin may go on speaking after its end.
    if (this.#closed) return;
    if (!this.#content) {
      this.#content = new PassThrough();
      this.#content.on('error', () => {}); // Whoever closes it hears of it.
      this.#stored = this.#store(this.#content);
      this.#stored.catch(() => {}); // The same.
    }
    this.#content.write(`${new Date().toISOString()} ${level.padEnd(5)} ${message}\n`);
  };

  /** Its URI; undefined where nothing was said. Rejects where it cannot be stored. */
  close(): Promise<string> | undefined {
    this.#closed = true;
    this.#content?.end();
    return this.#stored;
  }
}
