/**
 * Where a reader of a log is, as a text that any webserver can go on from. Lines of one attempt are numbered; those of
 * different attempts come in any order. So the cursor holds, for each attempt that wrote lately, the last number that was
 * sent, and a time: what is older by `LATE_MS` than the newest line that was sent counts as sent.
 */
import { hash } from 'node:crypto';
import type { LogLine } from '../../../lib/model/log-line.ts';

const LATE_MS = 10_000;
const KEY_CHARS = 6;
/** Ends of attempts that are named: the header that brings a cursor back holds 16 KB. */
const ENDS_MAX = 1_000;

interface End {
  number: number;
  atMs: number;
}

export class LogCursor {
  readonly #ends = new Map<string, End>();
  #newestMs = 0;
  #agedMs = 0;

  /** From what `text` gave; anything else begins at the beginning. */
  constructor(text = '') {
    const [time = '', ...ends] = text.split('.');
    const newestMs = Number.parseInt(time, 36);
    if (!Number.isFinite(newestMs)) return;
    this.#newestMs = newestMs;
    for (const end of ends)
      this.#ends.set(end.slice(0, KEY_CHARS), { number: Number.parseInt(end.slice(KEY_CHARS), 36), atMs: newestMs });
  }

  /** True the first time that it is asked about a line. */
  isNew({ id, atMs }: LogLine): boolean {
    const [key, number] = partsOf(id);
    const end = this.#ends.get(key);
    if (end ? number <= end.number : atMs < this.#newestMs - LATE_MS) return false;
    this.#ends.set(key, { number, atMs });
    if (atMs > this.#newestMs) this.#newestMs = atMs;
    this.#age();
    return true;
  }

  text(): string {
    let text = this.#newestMs.toString(36);
    for (const [key, { number }] of this.#ends) text += `.${key}${number.toString(36)}`;
    return text;
  }

  #age(): void {
    if (this.#newestMs - this.#agedMs < LATE_MS && this.#ends.size < ENDS_MAX) return;
    this.#agedMs = this.#newestMs;
    for (const [key, { atMs }] of this.#ends) if (atMs < this.#newestMs - LATE_MS) this.#ends.delete(key);
  }
}

/** `<ref>/<token>/<number>` */
function partsOf(id: string): [key: string, number: number] {
  const slash = id.lastIndexOf('/');
  return [
    hash('sha1', id.slice(0, slash), 'base64url').slice(0, KEY_CHARS).replaceAll('.', '-'),
    Number(id.slice(slash + 1)),
  ];
}
