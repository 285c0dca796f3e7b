/** Parts of secrets that a run has asked for: of one that is JSON each text counts as a secret by itself, in what the run says. */
import { type Mask, maskOf } from '../secret/mask.ts';

const PARTS_MAX = 1_000;

export class Revealed {
  readonly #parts = new Set<string>();
  #mask: Mask | undefined;

  /** The secret as a whole is hidden anyway. */
  add(secret: string): void {
    const before = this.#parts.size;
    for (const part of textsIn(parsed(secret))) if (this.#parts.size < PARTS_MAX) this.#parts.add(part);
    if (this.#parts.size > before) this.#mask = maskOf(this.#parts);
  }

  readonly hidden: Mask = (text) => this.#mask?.(text) ?? text;
}

function parsed(secret: string): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    return undefined; // It has no parts.
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner);
}
