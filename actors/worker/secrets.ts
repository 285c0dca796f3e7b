/**
 * The secrets of executions and of the environment in clear, as expressions of tasks see them, and what hides them in lines. They
 * and the key are here and nowhere else in a runner: taken out of what it was started with before any plugin is loaded.
 */
import { sealedIds } from '../../lib/flow/input/order.ts';
import type { ExecutionStart } from '../../lib/model/execution.ts';
import type { Flow } from '../../lib/model/flow.ts';
import { type Cipher, cipherOf, inputPlace, isEnvelope } from '../../lib/secret/cipher.ts';
import { keyOf } from '../../lib/secret/key.ts';
import { type Mask, maskOf } from '../../lib/secret/mask.ts';
import { TaskError } from '../../plugins/sdk/index.ts';
import type { Setup } from './channel.ts';

interface Opened {
  readonly start: ExecutionStart;
  readonly mask?: Mask;
}

type Values = Readonly<Record<string, unknown>>;

export function secretsOf(setup: Setup): Secrets {
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

  /** The start with its secrets in clear. Throws `encryption.unreadable`, or a TaskError where there is no key. */
  opened(start: ExecutionStart, flow: Flow): ExecutionStart {
    return this.#of(start, flow).start;
  }

  maskOf(start: ExecutionStart, flow: Flow): Mask | undefined {
    try {
      return this.#of(start, flow).mask;
    } catch {
      return this.#mask; // What cannot be opened is nowhere in clear.
    }
  }

  #of(start: ExecutionStart, flow: Flow): Opened {
    const known = this.#opened.get(start);
    if (known) return known;
    let inputs: Values = start.inputs;
    const secrets: string[] = [];
    for (const id of sealedIds(flow.inputs)) {
      const parts = id.split('.');
      const sealed = at(inputs, parts);
      if (!isEnvelope(sealed)) continue;
      if (!this.#cipher) throw new TaskError(`inputs.${id}: expected the key that it is encrypted with, got none`);
      const text = this.#cipher.open(inputPlace(start.originalId, id), sealed);
      secrets.push(text);
      inputs = replaced(inputs, parts, text);
    }
    const opened =
      secrets.length === 0
        ? { start, mask: this.#mask }
        : { start: { ...start, inputs }, mask: maskOf([...this.#named.values(), ...secrets]) };
    this.#opened.set(start, opened);
    return opened;
  }
}

const inner = (values: Values, name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined);
const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null;

function at(values: Values, parts: readonly string[]): unknown {
  let value: unknown = values;
  for (const part of parts) value = isMap(value) ? inner(value, part) : undefined;
  return value;
}

function replaced(values: Values, [part = '', ...rest]: readonly string[], value: unknown): Values {
  return { ...values, [part]: rest.length === 0 ? value : replaced(inner(values, part) as Values, rest, value) };
}
