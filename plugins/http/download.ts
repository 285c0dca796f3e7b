/** http.Download: asks, and stores the answer's body as a file, as it comes: it may be larger than memory. */
import { defineTask, type HttpResponse, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { isAllowed, shared } from './options.ts';
import { send } from './send.ts';

/** Unless `options.maxContentLength` says otherwise. */
const DOWNLOAD_BYTES_MAX = 2 * 1024 ** 3;
/** The task's own `timeout` may end it earlier. */
const DOWNLOAD_MS = 6 * 60 * 60_000;
const NAME_BYTES_MAX = 150;

export const download = defineTask({
  type: 'io.kestra.plugin.core.http.Download',
  aliases: ['io.kestra.plugin.fs.http.Download'],
  title: 'Download a file',
  description:
    'Asks `uri` and keeps the body in the internal storage: `outputs.<task>.uri`. It may have 2 GB, or as many bytes as `options.maxContentLength` says.',
  properties: z.strictObject({
    ...shared,
    failOnEmptyResponse: z.boolean().default(true).describe('Whether a body without a byte is a failure'),
    saveAs: z.string().optional().describe('The name of the file; else the one that the server gives'),
  }),
  outputs: z.object({
    uri: z.string(),
    code: z.int(),
    length: z.int(),
    headers: z.record(z.string(), z.array(z.string())),
  }),
  examples: [
    {
      title: 'Download a table',
      code: 'id: download\ntype: io.kestra.plugin.core.http.Download\nuri: https://example.org/orders.csv\n',
    },
  ],
  async run(context, given) {
    const bytesMax = given.options.maxContentLength ?? DOWNLOAD_BYTES_MAX;
    const { uri: from, response } = await send(context, given, { bytesMax, timeoutMs: DOWNLOAD_MS });
    const { status: code, headers } = response;
    const uri = await context.files.store(nameOf(given.saveAs, from, response), response.body);
    const length = await context.files.size(uri);
    context.metric({ type: 'counter', name: 'response.length', value: length });
    if (length === 0) {
      const isFailure = given.failOnEmptyResponse && !(code >= 400 && isAllowed(code, given));
      if (isFailure) await context.files.remove(uri);
      if (isFailure) throw new TaskError('No response from server', { outputs: { code } });
      context.log.warn(`the file of ${new URL(from).origin} is empty`);
    }
    const copy = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));
    return { uri, code, length, headers: copy };
  },
});

/** The name that was asked for, the server's, or the last part of the address: as the storage takes it. */
function nameOf(saveAs: string | undefined, uri: string, { headers }: HttpResponse): string {
  const given = saveAs ?? fromHeader(headers['content-disposition']?.[0] ?? '') ?? new URL(uri).pathname;
  const last = given.split(/[/\\]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  let name = last.replace(/[\u0000-\u001f\u007f]/g, '').replace(/^\.+/, '');
  while (Buffer.byteLength(name) > NAME_BYTES_MAX) name = name.slice(1);
  return name === '' ? 'download' : name;
}

function fromHeader(disposition: string): string | undefined {
  const extended = /filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      // The plain name beside it, then.
    }
  }
  const [, quoted, bare] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? bare;
}
