/**
 * A place in a log, as the text that stands in an event's id and comes back in Last-Event-ID:
 * `1.<open>.<engine>.<done>.<done of second attempts>.…` with numbers in base 36, such as `1.9-1-a3f9c-2..0-8`. Any other text
 * is the beginning. It is bounded, since headers are: what has no room in it comes twice rather than not at all.
 */
import { hash } from 'node:crypto';
import { Ranges } from './ranges.ts';

/** Proxies take headers of 8 KB. */
const TEXT_CHARS_MAX = 6_000;
const MARK_CHARS = 5;
const ATTEMPTS_MAX = 1_000;
const BASE = 36;
const OPEN = /^([0-9a-z]{1,8}|X[0-9a-f]{5})-([0-9a-z]{1,4})-([0-9a-f]{5})-([0-9a-z]{1,8})$/;
const RANGE = /^([0-9a-z]{1,8})(?:-([0-9a-z]{1,8}))?$/;
const ENGINE = /^([0-9a-zA-Z_-]{1,60})-([0-9a-z]{1,8})$/;

export interface OpenEnd {
  /** A task run: its index, or a mark of its id where that is not known. */
  readonly name: string;
  readonly attempt: number;
  readonly mark: string;
  readonly number: number;
}

export interface EngineEnd {
  readonly version: string;
  readonly number: number;
}

export interface Place {
  /** Attempts that may say more, and the last number that was sent of each; the latest last. */
  readonly open: readonly OpenEnd[];
  readonly engine?: EngineEnd;
  /** `done[n]`: indexes of the task runs whose attempt n + 1 has said everything. */
  readonly done: readonly Ranges[];
}

export const markOf = (text: string): string => hash('sha1', text).slice(0, MARK_CHARS);
export const nameOf = (index: number): string => index.toString(BASE);
export const strangerOf = (taskRunId: string): string => `X${markOf(taskRunId)}`;

const written = (number: number): string => number.toString(BASE);
const read = (text: string): number => Number.parseInt(text, BASE);

export function doneText(done: readonly Ranges[]): string {
  const lists = done.map(({ all }) =>
    all.map(([from, to]) => (from === to ? written(from) : `${written(from)}-${written(to)}`)),
  );
  let room = TEXT_CHARS_MAX / 2;
  return lists
    .map((list) => {
      const text = fitting(list, room);
      room -= text.length;
      return text;
    })
    .join('.');
}

/** `done` is given as text: it changes seldom. */
export function placeText(place: Pick<Place, 'open' | 'engine'>, done: string): string {
  const { open, engine } = place;
  const ends = open.map(({ name, attempt, mark, number }) => `${name}-${written(attempt)}-${mark}-${written(number)}`);
  const told = fitting(ends.reverse(), TEXT_CHARS_MAX - done.length);
  return `1.${told}.${engine ? `${engine.version}-${written(engine.number)}` : ''}.${done}`;
}

function fitting(parts: readonly string[], charsMax: number): string {
  let text = parts[0] ?? '';
  if (text.length > charsMax) return '';
  for (let n = 1; n < parts.length && text.length + parts[n]!.length < charsMax; n++) text += `,${parts[n]}`;
  return text;
}

const BEGINNING: Place = { open: [], done: [] };

export function placeIn(text: string): Place {
  const [format, open = '', engine = '', ...done] = text.split('.');
  if (format !== '1' || done.length > ATTEMPTS_MAX) return BEGINNING;
  const ends = listed(open).map((part) => OPEN.exec(part));
  const ranges = done.map((list) => listed(list).map((part) => RANGE.exec(part)));
  const last = engine === '' ? undefined : ENGINE.exec(engine);
  if (last === null || ends.includes(null) || ranges.some((list) => list.includes(null))) return BEGINNING;
  return {
    open: ends.map((end) => ({ name: end![1]!, attempt: read(end![2]!), mark: end![3]!, number: read(end![4]!) })),
    ...(last ? { engine: { version: last[1]!, number: read(last[2]!) } } : {}),
    done: ranges.map((list) => new Ranges(list.map((range) => [read(range![1]!), read(range![2] ?? range![1]!)]))),
  };
}

const listed = (text: string): readonly string[] => (text === '' ? [] : text.split(','));
