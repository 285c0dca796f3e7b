/**
 * Kestra's JavaScript client (npm's newest, 0.24.1) as its users call it, with promises. The published package lacks five of its
 * own models, which no call here uses: for each, an empty class stands in.
 */
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
  readonly call: (api: string, method: string, ...args: unknown[]) => Promise<SdkCall>;
  /** As the client's models read it. */
  readonly read: Asking;
  /** As it was sent. */
  readonly body: Asking;
}

export interface SdkBody extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

/** Of what it refuses. */
export const statusOf = (asked: Promise<unknown>): Promise<number | undefined> =>
  asked.then(
    () => undefined,
    (error: { readonly status?: number }) => error.status,
  );

/** `sdk.call('flowsApi', 'createFlow', tenant, source)`; rejects with what the client calls an error. */
export function sdkOf(url: string, user: string, password: string): Sdk {
  const required = createRequire(import.meta.url)('@kestra-io/kestra-sdk') as Readonly<Record<string, unknown>>;
  const Client = required.KestraClient as new (url: string, token: null, user: string, password: string) => Clients;
  const clients = new Client(url, null, user, password);
  const call: Sdk['call'] = (api, method, ...args) =>
    new Promise((resolve, reject) => {
      clients[api]![method]!(...args, (error: unknown, data: unknown, answer?: SdkAnswer) => {
        if (!answer || answer.status >= 400) return reject(error);
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
    call,
    read: async <T>(...args: Parameters<Sdk['call']>) => (await call(...args)).data() as T,
    body: async <T>(...args: Parameters<Sdk['call']>) => (await call(...args)).answer.body as T,
  };
}
