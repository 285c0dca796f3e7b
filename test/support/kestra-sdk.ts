/**
 * Kestra's JavaScript client (npm's newest, 0.24.1) as its users call it, with promises. The published package lacks five of its
 * own models, which no call here uses: for each, an empty class stands in.
 */
import assert from 'node:assert/strict';
import { createRequire, registerHooks } from 'node:module';

const LACKING = new Set<string>();
const EMPTY_MODEL =
  'exports.__esModule = true; exports.default = class { static constructFromObject(data) { return data; } };';

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!context.parentURL?.includes('/kestra-sdk/dist/')) throw error;
      const { href } = new URL(`${specifier}.js`, context.parentURL);
      LACKING.add(href);
      return { url: href, format: 'commonjs', shortCircuit: true };
    }
  },
  load: (url, context, next) =>
    LACKING.has(url) ? { format: 'commonjs', source: EMPTY_MODEL, shortCircuit: true } : next(url, context),
});

interface SdkAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What its models make of an answer, and the answer itself: some of its models fit no answer that Kestra gives. */
export interface SdkCall {
  readonly data: () => unknown;
  readonly answer: SdkAnswer;
}

type Method = (...args: unknown[]) => unknown;
type Clients = Readonly<Record<string, Readonly<Record<string, Method>>>>;
export type Asking = <T>(api: string, method: string, ...args: unknown[]) => Promise<T>;
export interface Sdk {
  /** Which methods were answered, or refused as a test wanted it, as `flowsApi.createFlow`. */
  readonly asked: ReadonlySet<string>;
  /** All methods of its classes. */
  readonly offered: () => ReadonlyMap<string, readonly string[]>;
  readonly call: (api: string, method: string, ...args: unknown[]) => Promise<SdkCall>;
  /** As the client's models read it. */
  readonly read: Asking;
  /** As it was sent. */
  readonly body: Asking;
  /** The status of what is to be refused, and the sentence that says why. */
  readonly refusal: (api: string, method: string, ...args: unknown[]) => Promise<readonly [number, string]>;
}

export interface SdkBody extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

interface SdkRefusal {
  readonly status: number;
  readonly response: { readonly body: { readonly message: string } };
}

/** Of what it refuses. */
export const statusOf = (asked: Promise<unknown>): Promise<number | undefined> =>
  asked.then(
    () => undefined,
    (error: { readonly status?: number }) => error.status,
  );

/** A class of the client has all of its methods in its prototype, a constructor among them. */
const methodsOf = (client: object): readonly string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(client)).filter((name) => name !== 'constructor');

/** `sdk.call('flowsApi', 'createFlow', tenant, source)`; rejects with what the client calls an error. */
export function sdkOf(url: string, user: string, password: string): Sdk {
  const required = createRequire(import.meta.url)('@kestra-io/kestra-sdk') as Readonly<Record<string, unknown>>;
  const Client = required.KestraClient as new (url: string, token: null, user: string, password: string) => Clients;
  const clients = new Client(url, null, user, password);
  const asked = new Set<string>();
  const call: Sdk['call'] = (api, method, ...args) =>
    new Promise((resolve, reject) => {
      clients[api]![method]!(...args, (error: unknown, data: unknown, answer?: SdkAnswer) => {
        if (!answer || answer.status >= 400) return reject(error);
        asked.add(`${api}.${method}`);
        resolve({
          answer,
          data: () => {
            if (error) throw error;
            return data;
          },
        });
      });
    });
  return {
    asked,
    offered: () =>
      new Map(
        Object.entries(clients)
          .filter(([name]) => name.endsWith('Api'))
          .map(([name, client]) => [name, methodsOf(client)]),
      ),
    call,
    refusal: async (api, method, ...args) => {
      const { status, response } = await call(api, method, ...args).then(
        () => assert.fail(`expected ${method} to be refused`),
        (error: SdkRefusal) => error,
      );
      asked.add(`${api}.${method}`);
      return [status, response.body.message];
    },
    read: async <T>(...args: Parameters<Sdk['call']>) => (await call(...args)).data() as T,
    body: async <T>(...args: Parameters<Sdk['call']>) => (await call(...args)).answer.body as T,
  };
}
