/** What all HTTP tasks have in common: their properties, and what they mean to the connector. */
import { duration, durationMs, type HttpProxy, TaskError } from '@windhover/sdk';
import { z } from 'zod';

export const LOGS = ['REQUEST_HEADERS', 'REQUEST_BODY', 'RESPONSE_HEADERS', 'RESPONSE_BODY'] as const;
const PORT_MAX = 65_535;
const proxyType = z.enum(['DIRECT', 'HTTP', 'SOCKS']);
const port = z.int().min(1).max(PORT_MAX);
const ssl = z.strictObject({
  insecureTrustAllCertificates: z.boolean().default(false).describe('Takes any certificate: for tests alone'),
});

const auth = z
  .strictObject({
    type: z.enum(['BASIC', 'BEARER', 'DIGEST']),
    username: z.string().optional(),
    password: z.string().default(''),
    token: z.string().optional(),
  })
  .refine(
    ({ type, username, token }) => (type === 'BEARER' ? token : username) !== undefined,
    'expected a token for BEARER, a username for BASIC and DIGEST',
  );

const options = z.strictObject({
  timeout: z
    .strictObject({
      connectTimeout: duration().optional().describe('To connect; 30 seconds if absent'),
      readIdleTimeout: duration().optional().describe('Without a byte from the server; 5 minutes if absent'),
    })
    .optional(),
  auth: auth.optional().describe('BASIC and DIGEST have `username` and `password`, BEARER a `token`'),
  ssl: ssl.optional(),
  proxy: z
    .strictObject({
      type: proxyType.default('DIRECT'),
      address: z.string().optional(),
      port: port.optional(),
      username: z.string().optional(),
      password: z.string().optional(),
    })
    .optional()
    .describe('An HTTP proxy, which must be at an address that tasks may reach'),
  followRedirects: z.boolean().default(true).describe('Up to 5, each to an address that tasks may reach'),
  allowFailed: z.boolean().default(false).describe('Whether a code of 400 and above is an answer like any other'),
  allowedResponseCodes: z.array(z.int()).optional().describe('The codes that are no failure; all others are'),
  defaultCharset: z.string().default('UTF-8').describe('Of the body that is sent'),
  logs: z.array(z.enum(LOGS)).default([]).describe('What is written to the log; credentials are not'),
  maxContentLength: z.int().min(0).optional().describe('Bytes of the body that is received'),
  // What older flows write.
  connectTimeout: duration().optional(),
  readTimeout: duration().optional(),
  readIdleTimeout: duration().optional(),
  connectionPoolIdleTimeout: duration().optional().describe('Accepted and not used: no connection is kept'),
  basicAuthUser: z.string().optional(),
  basicAuthPassword: z.string().optional(),
  proxyType: proxyType.optional(),
  proxyAddress: z.string().optional(),
  proxyPort: port.optional(),
  proxyUsername: z.string().optional(),
  proxyPassword: z.string().optional(),
  logLevel: z.enum(['ALL', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'OFF', 'NOT_SPECIFIED']).optional(),
});

export const shared = {
  uri: z.string().describe('`https://…` or `http://…`'),
  method: z.string().default('GET'),
  params: z
    .record(z.string(), z.union([z.string(), z.array(z.string())]))
    .optional()
    .describe('Added to the query of the address'),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  body: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .describe('A text; a map or a list is sent as JSON'),
  formData: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Fields of a form, instead of `body`. With the content type multipart/form-data a `kestra://` address, or a map of `name` and such a `content`, sends the file',
    ),
  contentType: z
    .string()
    .optional()
    .describe('application/json if absent; of a form application/x-www-form-urlencoded'),
  options: options.prefault({}),
  allowFailed: z.boolean().optional().describe('The older place of `options.allowFailed`'),
  sslOptions: ssl.optional().describe('The older place of `options.ssl`'),
} as const;

export type Options = z.output<typeof options>;
export type Shared = z.output<z.ZodObject<typeof shared>>;
export type Auth = z.output<typeof auth>;

/** What a request has besides address and content. */
export function connectionOf({ options, sslOptions }: Shared): {
  readonly connectTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly insecure: boolean;
  readonly followRedirects: boolean;
  readonly proxy?: HttpProxy;
} {
  const connect = options.timeout?.connectTimeout ?? options.connectTimeout;
  const idle = options.timeout?.readIdleTimeout ?? options.readTimeout ?? options.readIdleTimeout;
  return {
    connectTimeoutMs: connect === undefined ? undefined : durationMs(connect),
    idleTimeoutMs: idle === undefined ? undefined : durationMs(idle),
    insecure: (options.ssl ?? sslOptions)?.insecureTrustAllCertificates === true,
    followRedirects: options.followRedirects,
    proxy: proxyOf(options),
  };
}

export function authOf({ auth, basicAuthUser, basicAuthPassword = '' }: Options): Auth | undefined {
  if (auth || basicAuthUser === undefined) return auth;
  return { type: 'BASIC', username: basicAuthUser, password: basicAuthPassword };
}

/** The codes that are named, or every one below 400. */
export function isAllowed(status: number, { options, allowFailed }: Shared): boolean {
  if (options.allowedResponseCodes) return options.allowedResponseCodes.includes(status);
  return status < 400 || (allowFailed ?? options.allowFailed);
}

function proxyOf(options: Options): HttpProxy | undefined {
  const { type, address, port, username, password } = options.proxy ?? {
    type: options.proxyType ?? 'DIRECT',
    address: options.proxyAddress,
    port: options.proxyPort,
    username: options.proxyUsername,
    password: options.proxyPassword,
  };
  if (type === 'DIRECT') return undefined;
  if (type === 'SOCKS')
    throw new TaskError('options.proxy.type: expected DIRECT or HTTP, got SOCKS, which is not supported');
  if (!address || port === undefined) throw new TaskError('options.proxy: expected an address and a port, got none');
  return { host: address, port, username, password };
}
