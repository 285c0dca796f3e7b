/**
 * The secrets of executions and of the environment in clear, as expressions of tasks see them, and what hides them in lines. They
 * and the key are here and nowhere else in a runner: taken out of what it was started with before any plugin is loaded.
 */
import { isFault } from '../../lib/errors.ts';
import { type Open, openedRun, openedStart } from '../../lib/execution/opened.ts';
import { sealedIds } from '../../lib/flow/input/order.ts';
import type { Envelope } from '../../lib/model/envelope.ts';
import type { ExecutionStart, TaskRun } from '../../lib/model/execution.ts';
import type { Flow } from '../../lib/model/flow.ts';
import { type Cipher, cipherOf } from '../../lib/secret/cipher.ts';
import { keyOf } from '../../lib/secret/key.ts';
import { type Mask, maskOf } from '../../lib/secret/mask.ts';
import { TaskError } from '../../plugins/sdk/index.ts';
import type { Setup } from './channel.ts';

/** Of one execution, as far as it was asked for. */
interface Opened {
  start?: ExecutionStart;
  readonly texts: Set<string>;
  mask?: Mask;
}

export function secretsOf(setup: Pick<Setup, 'encryptionKey' | 'secrets'>): Secrets {
  const { encryptionKey, secrets } = setup;
  delete setup.encryptionKey;
  delete setup.secrets;
  return new Secrets(encryptionKey === undefined ? undefined : cipherOf(keyOf(encryptionKey, 'the worker')), secrets);
}

export class Secrets {
  readonly #cipher: Cipher | undefined;
  readonly #named: ReadonlyMap<string, string>;
  /** Of all that are named, whoever has asked for them: their values travel from task to task as outputs. */
  readonly #mask: Mask | undefined;
  readonly #opened = new WeakMap<ExecutionStart, Opened>();

  constructor(cipher: Cipher | undefined, named: Readonly<Record<string, string>> = {}) {
    this.#cipher = cipher;
    this.#named = new Map(Object.entries(named));
    this.#mask = maskOf(this.#named.values());
  }

  /** One of the environment, by its name in capitals. */
  named(key: string): string | undefined {
    return this.#named.get(key);
  }

  /** Throws a TaskError where there is no key. */
  seal(place: string, text: string): Envelope {
    if (!this.#cipher) throw new TaskError('expected a key to encrypt with, got none');
    return this.#cipher.sealAlike(place, text);
  }

  /** The start with its secrets in clear. Throws `encryption.unreadable`, or a TaskError where there is no key. */
  opened(start: ExecutionStart, flow: Flow): ExecutionStart {
    const known = this.#of(start);
    known.start ??= openedStart(start, flow, this.#openFor(known));
    return known.start;
  }

  /** One of its task runs with the secrets among its outputs in clear. */
  openedRun(taskRun: TaskRun, start: ExecutionStart): TaskRun {
    return openedRun(taskRun, start, this.#openFor(this.#of(start)));
  }

  /** Whether anything of the execution was opened. */
  hasOpened(start: ExecutionStart): boolean {
    return this.#of(start).texts.size > 0;
  }

  /** Hides what was opened, and what its inputs hold. */
  maskOf(start: ExecutionStart, flow: Flow): Mask | undefined {
    if (sealedIds(flow.inputs).length > 0)
      try {
        this.opened(start, flow);
      } catch (error) {
        // What cannot be opened is nowhere in clear.
        if (!isFault(error) && !(error instanceof TaskError)) throw error;
      }
    const known = this.#of(start);
    if (known.texts.size === 0) return this.#mask;
    known.mask ??= maskOf([...this.#named.values(), ...known.texts]);
    return known.mask;
  }

  #of(start: ExecutionStart): Opened {
    let known = this.#opened.get(start);
    if (!known) this.#opened.set(start, (known = { texts: new Set() }));
    return known;
  }

  #openFor(known: Opened): Open {
    return (place, envelope) => {
      if (!this.#cipher) throw new TaskError(`${place}: expected the key that it is encrypted with, got none`);
      const text = this.#cipher.open(place, envelope);
      known.texts.add(text);
      delete known.mask;
      return text;
    };
  }
}
