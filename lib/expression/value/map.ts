/** Maps, and the entries that a loop over a map goes through. */
import { Boxed } from './number.ts';

export type PlainMap = Readonly<Record<string, unknown>>;

/** A key of a map with its value. It is no map itself. */
export class Entry {
  readonly key: string;
  readonly value: unknown;
  constructor(key: string, value: unknown) {
    this.key = key;
    this.value = value;
  }
}

export const isMap = (value: unknown): value is PlainMap =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Boxed) &&
  !(value instanceof Entry);

export const entriesOf = (map: PlainMap): readonly Entry[] =>
  Object.entries(map).map(([key, value]) => new Entry(key, value));
