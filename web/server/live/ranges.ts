/** Whole numbers that come mostly in order, kept as ranges: a thousand neighbours are one. */
export class Ranges {
  /** Neither touching nor overlapping, in order. */
  readonly #all: [from: number, to: number][] = [];

  constructor(all: Iterable<readonly [from: number, to: number]> = []) {
    for (const [from, to] of all) this.#all.push([from, to]);
  }

  get all(): readonly (readonly [from: number, to: number])[] {
    return this.#all;
  }

  has(number: number): boolean {
    const at = this.#placeOf(number);
    return at > 0 && this.#all[at - 1]![1] >= number;
  }

  /** False if it was there. */
  add(number: number): boolean {
    const at = this.#placeOf(number);
    const [before, after] = [this.#all[at - 1], this.#all[at]];
    if (before && before[1] >= number) return false;
    const [joinsBefore, joinsAfter] = [before?.[1] === number - 1, after?.[0] === number + 1];
    if (joinsBefore && joinsAfter) {
      before![1] = after![1];
      this.#all.splice(at, 1);
    } else if (joinsBefore) before![1] = number;
    else if (joinsAfter) after![0] = number;
    else this.#all.splice(at, 0, [number, number]);
    return true;
  }

  /** How many ranges begin at the number or before it. */
  #placeOf(number: number): number {
    let [low, high] = [0, this.#all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#all[middle]![0] <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
