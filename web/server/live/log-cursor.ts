/**
 * Where a reader of a log is. Lines of an attempt are numbered from 1, under the token of the claim that wrote them; those of
 * different attempts come in any order, and late after an outage. So no time decides what was sent:
 *
 * - C1 Of what is being sent here, the last number of each writer is kept.
 * - C2 An attempt that has ended and whose lines were all sent is done: for a later stream it is one number in a range.
 * - C3 What the last stream named as done is not sent again; everything else is, behind the number that was named.
 *
 * A resumed reader does not get what a worker, paused while another one ended its attempt, says afterwards.
 */
import type { Attempt, TaskRun } from '../../../lib/model/execution.ts';
import type { LogLine } from '../../../lib/model/log-line.ts';
import { isEnded, stateOf } from '../../../lib/model/state.ts';
import {
  doneText,
  type EngineEnd,
  markOf,
  nameOf,
  type OpenEnd,
  placeIn,
  placeText,
  strangerOf,
} from './cursor-text.ts';
import { Ranges } from './ranges.ts';

/** `hole`: lines before it have not come. `early`: its task run is not known yet. */
export type Judgement = 'new' | 'sent' | 'hole' | 'early';

interface End {
  number: number;
  readonly mark: string;
}

/** An attempt that writes, or wrote. */
interface Writer {
  readonly key: string;
  /** Undefined where its task run is not known. */
  readonly index?: number;
  readonly name: string;
  readonly attempt: number;
  /** Token → the last number that was sent; the latest token last. */
  readonly ends: Map<string, End>;
  /** The same by the marks of tokens, from the last stream, until they speak here. */
  readonly marks: Map<string, number>;
  /** How many lines it has written; absent before its end. */
  expected?: number;
}

export class LogCursor {
  readonly #indexes = new Map<string, number>();
  readonly #writers = new Map<string, Writer>();
  /** Those that may say more, the latest last. */
  readonly #open = new Set<Writer>();
  /** Those that have ended and whose lines have not all come. */
  readonly #lacking = new Set<Writer>();
  readonly #before: readonly Ranges[];
  readonly #done: Ranges[];
  #doneText: string | undefined;
  /** `name/attempt` → mark → number, as the last stream named them. */
  readonly #named = new Map<string, Map<string, number>>();
  #engine: EngineEnd | undefined;
  /** Ended without a line, as far as is known: done once all that there is has been taken. */
  #silent: Set<Writer> | undefined = new Set();

  /** From what `text` gave; anything else begins at the beginning. */
  constructor(text = '') {
    const { open, engine, done } = placeIn(text);
    for (const { name, attempt, mark, number } of open) {
      const marks = this.#named.get(`${name}/${attempt}`) ?? new Map<string, number>();
      this.#named.set(`${name}/${attempt}`, marks.set(mark, number));
    }
    this.#engine = engine;
    this.#before = done;
    this.#done = done.map(({ all }) => new Ranges(all));
  }

  /** Whether attempts that have ended wrote lines that have not come. */
  get lacking(): boolean {
    return this.#lacking.size > 0;
  }

  /** How a task run stands now. */
  know({ id, index, attempts, history }: Pick<TaskRun, 'id' | 'index' | 'attempts' | 'history'>): void {
    this.#indexes.set(id, index);
    for (const [n, attempt] of attempts.entries()) this.#knowAttempt(id, n + 1, attempt);
    // One that has not ended well may be tried by a restart.
    const state = stateOf(history);
    if (attempts.length === 0 && (state === 'SUCCESS' || state === 'SKIPPED')) this.#finish(index, 1);
  }

  /** All that there is has been taken. */
  settle(): void {
    const silent = this.#silent ?? [];
    this.#silent = undefined;
    for (const writer of silent) this.#weigh(writer);
  }

  judge({ id, taskRunId = '' }: Pick<LogLine, 'id' | 'taskRunId'>): Judgement {
    const said = partsOf(id);
    if (said.by === 'engine') return isBehind(this.#engine, said) ? 'sent' : 'new';
    const index = this.#indexes.get(taskRunId);
    if (index === undefined) return 'early';
    if (this.#before[said.attempt - 1]?.has(index)) return 'sent';
    const end = endOf(this.#writer(taskRunId, said.attempt), said.token);
    if (said.number <= end) return 'sent';
    return said.number === end + 1 ? 'new' : 'hole';
  }

  /** The line is sent now, whatever was judged; false if it had been. */
  take({ id, taskRunId = '' }: Pick<LogLine, 'id' | 'taskRunId'>): boolean {
    const said = partsOf(id);
    if (said.by === 'engine') {
      if (isBehind(this.#engine, said)) return false;
      this.#engine = { version: said.version, number: said.number };
      return true;
    }
    const writer = this.#writer(taskRunId, said.attempt);
    if (writer.index !== undefined && this.#before[said.attempt - 1]?.has(writer.index)) return false;
    if (said.number <= endOf(writer, said.token)) return false;
    const end = writer.ends.get(said.token);
    if (end) end.number = said.number;
    else {
      const mark = markOf(said.token);
      writer.ends.set(said.token, { number: said.number, mark });
      writer.marks.delete(mark);
    }
    this.#open.delete(writer);
    this.#open.add(writer);
    this.#weigh(writer);
    return true;
  }

  text(): string {
    this.#doneText ??= doneText(this.#done);
    const open: OpenEnd[] = [];
    for (const [key, marks] of this.#named) {
      const [name, attempt] = key.split('/') as [string, string];
      for (const [mark, number] of marks) open.push({ name, attempt: Number(attempt), mark, number });
    }
    for (const { name, attempt, ends, marks } of this.#open) {
      for (const [mark, number] of marks) open.push({ name, attempt, mark, number });
      for (const { mark, number } of ends.values()) open.push({ name, attempt, mark, number });
    }
    return placeText({ open, engine: this.#engine }, this.#doneText);
  }

  #knowAttempt(taskRunId: string, n: number, { history, lines = 0 }: Attempt): void {
    if (!isEnded(stateOf(history))) return;
    if (this.#before[n - 1]?.has(this.#indexes.get(taskRunId)!)) return;
    const writer = this.#writer(taskRunId, n);
    writer.expected = lines;
    if (lines === 0 && this.#silent) this.#silent.add(writer);
    else this.#weigh(writer);
  }

  #weigh(writer: Writer): void {
    const { index, attempt, expected, key } = writer;
    if (expected === undefined || index === undefined) return;
    if (saidBy(writer) < expected) this.#lacking.add(writer);
    else {
      this.#lacking.delete(writer);
      if (this.#silent?.has(writer)) return;
      this.#open.delete(writer);
      // What never spoke is not worth its memory: of 100,000 task runs most are such.
      if (writer.ends.size + writer.marks.size === 0) this.#writers.delete(key);
      this.#finish(index, attempt);
    }
  }

  #finish(index: number, attempt: number): void {
    while (this.#done.length < attempt) this.#done.push(new Ranges());
    if (this.#done[attempt - 1]!.add(index)) this.#doneText = undefined;
  }

  #writer(taskRunId: string, attempt: number): Writer {
    const key = `${taskRunId}/${attempt}`;
    const known = this.#writers.get(key);
    const index = this.#indexes.get(taskRunId);
    if (known && known.index === index) return known;
    const name = index === undefined ? strangerOf(taskRunId) : nameOf(index);
    const marks = known?.marks ?? new Map<string, number>();
    if (this.#named.size > 0)
      for (const each of [name, strangerOf(taskRunId)]) {
        for (const [mark, number] of this.#named.get(`${each}/${attempt}`) ?? []) marks.set(mark, number);
        this.#named.delete(`${each}/${attempt}`);
      }
    const writer = { key, index, name, attempt, ends: known?.ends ?? new Map<string, End>(), marks };
    if (known) this.#open.delete(known);
    if (writer.ends.size + marks.size > 0) this.#open.add(writer);
    this.#writers.set(key, writer);
    return writer;
  }
}

const endOf = ({ ends, marks }: Writer, token: string): number =>
  ends.get(token)?.number ?? (marks.size === 0 ? 0 : (marks.get(markOf(token)) ?? 0));

/** By the claim that spoke last: what an earlier one wrote does not count for what the attempt has written. */
function saidBy({ ends, marks }: Writer): number {
  let said = 0;
  for (const number of marks.values()) if (number > said) said = number;
  for (const { number } of ends.values()) said = number;
  return said;
}

type Said =
  | { readonly by: 'attempt'; readonly attempt: number; readonly token: string; readonly number: number }
  | ({ readonly by: 'engine' } & EngineEnd);

/** `<execution>/<task run>/<attempt>/<token>/<number>`, or `<execution>/engine/<version>/<number>` */
function partsOf(id: string): Said {
  const [, writer, second = '', third = '', fourth = ''] = id.split('/');
  return writer === 'engine'
    ? { by: 'engine', version: second, number: Number(third) }
    : { by: 'attempt', attempt: Number(second), token: third, number: Number(fourth) };
}

/** Versions are texts of one width. */
const isBehind = (end: EngineEnd | undefined, { version, number }: EngineEnd): boolean =>
  end !== undefined && (version < end.version || (version === end.version && number <= end.number));
