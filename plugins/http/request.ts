/** http.Request: asks, and gives the answer's body as a text. What is larger than an output may be is for http.Download. */
import { defineTask, type HttpResponse, OUTPUT_BYTES_MAX, type TaskContext, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { type Options, shared } from './options.ts';
import { send } from './send.ts';

const INSTEAD = 'io.kestra.plugin.core.http.Download stores it as a file';

export const request = defineTask({
  type: 'io.kestra.plugin.core.http.Request',
  aliases: ['io.kestra.plugin.fs.http.Request'],
  title: 'Make an HTTP request',
  description:
    'Asks `uri` and gives code, headers and body. A code of 400 and above is a failure, unless `options.allowFailed`. Loopback and private addresses are reached only where the setting `httpAllowPrivate` allows them.',
  properties: z.strictObject({
    ...shared,
    encryptBody: z
      .boolean()
      .default(false)
      .describe('Gives the body as `encryptedBody`, encrypted at rest, instead of `body`; expressions see its text'),
  }),
  outputs: z.object({
    uri: z.string(),
    code: z.int(),
    headers: z.record(z.string(), z.array(z.string())),
    body: z.string().optional(),
    encryptedBody: z.object({ type: z.string(), value: z.string() }).optional(),
  }),
  examples: [
    {
      title: 'Post JSON',
      code: 'id: post\ntype: io.kestra.plugin.core.http.Request\nuri: https://example.org/orders\nmethod: POST\nbody: "{{ {\'id\': inputs.id} }}"\n',
    },
    {
      title: 'Sign in',
      code: 'id: list\ntype: io.kestra.plugin.core.http.Request\nuri: https://example.org/orders\nparams:\n  day: "{{ inputs.day }}"\noptions:\n  auth:\n    type: BASIC\n    username: "{{ inputs.user }}"\n    password: "{{ secret(\'PASSWORD\') }}"\n',
    },
  ],
  async run(context, given) {
    const bytesMax = Math.min(given.options.maxContentLength ?? OUTPUT_BYTES_MAX, OUTPUT_BYTES_MAX);
    // Counted here, to say what helps.
    const { uri, response } = await send(context, given, { bytesMax: Number.MAX_SAFE_INTEGER });
    const { status: code, headers } = response;
    const bytes = await bytesOf(response, bytesMax);
    context.metric({ type: 'counter', name: 'response.length', value: bytes.length });
    if (bytes.length === 0) return { uri, code, headers: copied(headers) };
    const body = textOf(bytes, headers['content-type']?.[0] ?? '');
    if (given.encryptBody) return { uri, code, headers: copied(headers), encryptedBody: context.encrypt(body) };
    logBody(context, given.options, body);
    return { uri, code, headers: copied(headers), body };
  },
});

const copied = (headers: HttpResponse['headers']): Record<string, string[]> =>
  Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));

async function bytesOf({ body, headers }: HttpResponse, bytesMax: number): Promise<Buffer> {
  const told = Number(headers['content-length']?.[0] ?? 0);
  const chunks: Buffer[] = [];
  let bytes = told;
  if (told <= bytesMax) {
    bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > bytesMax) break;
    }
  }
  if (bytes <= bytesMax) return Buffer.concat(chunks);
  body.destroy();
  throw new TaskError(`expected a body of at most ${bytesMax} bytes, which an output may have, got more: ${INSTEAD}`);
}

function textOf(bytes: Buffer, type: string): string {
  const named = /;\s*charset="?([\w-]+)"?/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TaskError(`expected a body of text in ${named}, got bytes that are none: ${INSTEAD}`, { cause });
  }
}

function logBody({ log }: TaskContext, { logs, logLevel }: Options, body: string): void {
  if (logs.includes('RESPONSE_BODY') || logLevel === 'TRACE' || logLevel === 'ALL') log.info(`response body: ${body}`);
}
