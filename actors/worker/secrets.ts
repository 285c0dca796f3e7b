/**
 * The secrets of executions in clear, as expressions of tasks see them, and what hides them in lines. The key is here and
 * nowhere else in a runner: it is taken out of what the runner was started with before any plugin is loaded.
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
  const { encryptionKey } = setup;
  delete setup.encryptionKey;
  return new Secrets(encryptionKey === undefined ? undefined : cipherOf(keyOf(encryptionKey, 'the worker')));
}

export class Secrets {
  readonly #cipher: Cipher | undefined;
  readonly #opened = new WeakMap<ExecutionStart, Opened>();

  constructor(cipher: Cipher | undefined) {
    this.#cipher = cipher;
  }

  /** The start with its secrets in clear. Throws `encryption.unreadable`, or a TaskError where there is no key. */
  opened(start: ExecutionStart, flow: Flow): ExecutionStart {
    return this.#of(start, flow).start;
  }

  maskOf(start: ExecutionStart, flow: Flow): Mask | undefined {
    try {
      return this.#of(start, flow).mask;
    } catch {
      return undefined; // What cannot be opened is nowhere in clear.
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
    const opened = secrets.length === 0 ? { start } : { start: { ...start, inputs }, mask: maskOf(secrets) };
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
