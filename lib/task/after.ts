/** What may be there at once, or later: a task that waits for nothing is run without a promise. */

export const isThenable = <T>(value: T | Promise<T>): value is Promise<T> =>
  typeof (value as { then?: unknown } | undefined | null)?.then === 'function';

export const after = <T, U>(value: T | Promise<T>, next: (value: T) => U | Promise<U>): U | Promise<U> =>
  isThenable(value) ? value.then(next) : next(value);
