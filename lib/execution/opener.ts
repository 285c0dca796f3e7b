/**
 * How a step sees what is encrypted at rest: opened while an expression is rendered, hidden in what the engine says from then on,
 * and sealed again where it travels. The same every time (E1).
 */
import { Fault } from '../errors.ts';
import type { Envelope } from '../model/envelope.ts';
import type { Open } from './opened.ts';

/** Handed in, because this room has no key. */
export interface StepSecrets {
  /** The same envelope for the same text. */
  readonly seal: (place: string, text: string) => Envelope;
  readonly open: Open;
  /** Hides these texts; undefined where there is nothing to hide. */
  readonly mask: (texts: Iterable<string>) => ((text: string) => string) | undefined;
}

export class Opener {
  readonly #secrets: StepSecrets | undefined;
  readonly #read = new Set<string>();

  constructor(secrets: StepSecrets | undefined) {
    this.#secrets = secrets;
  }

  /** Undefined where there is no key: then nothing is sealed. */
  get seal(): StepSecrets['seal'] | undefined {
    return this.#secrets?.seal;
  }

  /** Throws `encryption.unreadable`, and `expression.invalid` where there is no key. */
  readonly open: Open = (place, envelope) => {
    if (!this.#secrets)
      throw new Fault('expression.invalid', `expected what can be read without a key, got ${place}, which is secret`);
    const text = this.#secrets.open(place, envelope);
    this.#read.add(text);
    return text;
  };

  /** Whether anything was opened in this step. */
  get hasRead(): boolean {
    return this.#read.size > 0;
  }

  readonly masked = (text: string): string => (this.hasRead ? (this.#secrets?.mask(this.#read)?.(text) ?? text) : text);
}
