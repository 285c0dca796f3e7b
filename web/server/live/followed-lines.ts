/**
 * Lines of one execution on their way to one reader: each once. Those that come by the stream are sent as they come; where some
 * were missed, all that there is is read, and what the cursor has not seen is sent. A reader that does not keep up is sent
 * away where it can come back to its place, and otherwise gets the rest from where it is kept.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '../../../lib/model/log-line.ts';
import { type EventStream, type SseEvent, WAITING_BYTES_MAX } from '../sse.ts';
import { lineBody } from '../views/line.ts';
import type { LineListener } from './line-hub.ts';
import type { LogCursor } from './log-cursor.ts';
import type { Page } from './logs.ts';

const CHARS_AT_ONCE = 64 * 1024;
/** About what a line costs beside its message. */
const LINE_BYTES = 50;
/** All that there is is read at most this often. */
const READ_MS = 200;
/** A line may come before the event of its task run, by some milliseconds. */
const EARLY_MS = 300;

export interface Sending {
  readonly stream: EventStream;
  readonly resume: boolean;
  readonly passes: (line: LogLine) => boolean;
  /** Lines in memory that follow. */
  readonly held?: readonly LogLine[];
}

export class FollowedLines implements LineListener {
  readonly #cursor: LogCursor;
  readonly #changed: () => void;
  #fresh: LogLine[] = [];
  #freshBytes = 0;
  #stream: Pick<EventStream, 'isSlow' | 'gap'> | undefined;
  /** Their task runs are not known yet. */
  #early: readonly LogLine[] = [];
  #earlyMs = 0;
  #strangersPass = false;
  #missed = true;
  #readMs = Number.NEGATIVE_INFINITY;

  /** `changed` is called whenever there is something to send. */
  constructor(cursor: LogCursor, changed: () => void) {
    this.#cursor = cursor;
    this.#changed = changed;
  }

  /** The stream of a reader that comes back to its place: it is told to where it is too far behind. */
  mayLeave(stream: Pick<EventStream, 'isSlow' | 'gap'>): void {
    this.#stream = stream;
  }

  onLines(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this.#fresh.push(line);
      this.#freshBytes += bytesOf([line]);
    }
    if (this.#freshBytes <= WAITING_BYTES_MAX) return this.#changed();
    if (this.#stream?.isSlow) this.#stream.gap();
    this.onGap();
  }

  onGap(): void {
    this.#forgetFresh();
    this.#missed = true;
    this.#changed();
  }

  get hasMissed(): boolean {
    return this.#missed;
  }

  get hasEarly(): boolean {
    return this.#early.length > 0;
  }

  /** True once where lines of unknown task runs have waited long enough: look at the whole; who is unknown then will remain so. */
  doubts(): boolean {
    if (!this.hasEarly || this.#strangersPass || performance.now() - this.#earlyMs < EARLY_MS) return false;
    this.#strangersPass = true;
    return true;
  }

  /** `last`: what has not come by now will not. */
  areAll(last: boolean): boolean {
    const waiting = this.#missed || this.hasEarly || this.#fresh.length > 0;
    return !waiting && (last || !this.#cursor.lacking);
  }

  async send(pages: () => AsyncIterable<Page>, sending: Sending): Promise<void> {
    if (this.#missed) await this.#catchUp(pages, sending);
    const lines = [...this.#early, ...this.#fresh];
    this.#forgetFresh();
    const early: LogLine[] = [];
    await this.#sendEach(lines, sending, (line) => {
      switch (this.#cursor.judge(line)) {
        case 'new':
          return true;
        case 'sent':
          return false;
        case 'hole':
          // It is kept where the lines before it are.
          this.#missed = true;
          return false;
        case 'early':
          if (this.#strangersPass) return true;
          early.push(line);
          return false;
      }
    });
    if (!this.hasEarly) this.#earlyMs = performance.now();
    if (early.length === 0) this.#strangersPass = false;
    this.#early = early;
  }

  async #catchUp(pages: () => AsyncIterable<Page>, sending: Sending): Promise<void> {
    await sleep(Math.max(0, this.#readMs + READ_MS - performance.now()), undefined, { ref: false });
    this.#readMs = performance.now();
    this.#missed = false;
    let early: LogLine[] = [];
    let holes: LogLine[] = [];
    for await (const page of pages()) {
      const lines = holes.length > 0 ? [...holes, ...page.lines].sort(byNumber) : page.lines;
      const later: LogLine[] = [];
      await this.#sendEach(lines, { ...sending, held: page.held }, (line) => {
        const judged = this.#cursor.judge(line);
        if (judged === 'hole') later.push(line);
        else if (judged === 'early') early.push(line);
        return judged === 'new';
      });
      holes = later;
      if (sending.stream.signal.aborted) return;
    }
    // What is missing before them is nowhere.
    await this.#sendEach(holes.sort(byNumber), sending, () => true);
    this.#cursor.settle();
    if (this.hasEarly) early = [...this.#early, ...early];
    else this.#earlyMs = performance.now();
    this.#early = early;
  }

  #forgetFresh(): void {
    this.#fresh = [];
    this.#freshBytes = 0;
  }

  async #sendEach(lines: readonly LogLine[], sending: Sending, wanted: (line: LogLine) => boolean): Promise<void> {
    const { stream, resume, passes, held = [] } = sending;
    for (let n = 0; n < lines.length && !stream.signal.aborted; ) {
      const events: SseEvent[] = [];
      for (let chars = 0; n < lines.length && chars < CHARS_AT_ONCE; n++) {
        const line = lines[n]!;
        if (!wanted(line) || !this.#cursor.take(line) || !passes(line)) continue;
        const id = resume ? this.#cursor.text() : 'progress';
        const data = JSON.stringify(lineBody(line));
        events.push({ id, event: 'progress', data });
        chars += id.length + data.length;
      }
      if (events.length > 0) stream.send(events);
      await stream.drained(resume ? () => bytesOf(lines.slice(n)) + bytesOf(held) : undefined);
    }
  }
}

const bytesOf = (lines: readonly LogLine[]): number =>
  lines.reduce((sum, { message }) => sum + message.length + LINE_BYTES, 0);
const numberOf = ({ id }: LogLine): number => Number(id.slice(id.lastIndexOf('/') + 1));
const byNumber = (a: LogLine, b: LogLine): number => numberOf(a) - numberOf(b);
