/** What a batch writes and drops under names. A commit writes first and drops then: so of each name only the last word is kept. */
export class Edits<V> {
  readonly set = new Map<string, V>();
  readonly dropped = new Set<string>();

  get size(): number {
    return this.set.size + this.dropped.size;
  }

  put(name: string, value: V): void {
    this.dropped.delete(name);
    this.set.set(name, value);
  }

  drop(name: string): void {
    this.set.delete(name);
    this.dropped.add(name);
  }
}
