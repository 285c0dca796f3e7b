/**
 * The order in which Java's HashMap gives its keys. Maps that a template writes or merges are such maps, so loops over them and
 * their JSON come in this order; maps of the data keep theirs.
 */
import type { PlainMap } from './map.ts';

const LOAD_FACTOR = 0.75;

/** `capacity`: what the map was made for; it grows when it holds more than three quarters of its buckets. */
export function hashOrdered(entries: readonly (readonly [string, unknown])[], capacity: number): PlainMap {
  const map = Object.fromEntries(entries);
  const names = Object.keys(map);
  if (names.length < 2) return map;
  const buckets = bucketsFor(names.length, capacity);
  const places = new Map(names.map((name) => [name, spread(hashOf(name)) & (buckets - 1)]));
  const ordered = names.toSorted((a, b) => places.get(a)! - places.get(b)!);
  return Object.fromEntries(ordered.map((name) => [name, map[name]]));
}

/** As `new HashMap<>(…)` of a literal of so many entries. */
export const literalMap = (entries: readonly (readonly [string, unknown])[]): PlainMap =>
  hashOrdered(entries, Math.ceil(entries.length / LOAD_FACTOR));

function bucketsFor(size: number, capacity: number): number {
  let buckets = 1;
  while (buckets < capacity || buckets * LOAD_FACTOR < size) buckets *= 2;
  return buckets;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  return hash;
}

const spread = (hash: number): number => hash ^ (hash >>> 16);
