/** The documentation of the interface: it is OpenAPI 3.1, and every example that it gives is answered as it says. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { Redis } from 'ioredis';
import { openDataFolder } from '../../lib/data-folder.ts';
import * as examples from '../../web/api/examples.ts';
import { ROUTES } from '../../web/api/routes.ts';
import { eventsOf } from '../../web/cli/sse.ts';
import type { Answer, Api } from '../support/api.ts';
import { bury } from '../support/dead-letter.ts';
import { eventually } from '../support/eventually.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

interface Media {
  readonly schema?: object & { readonly contentSchema?: object };
  readonly example?: unknown;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly example?: unknown;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

let installation: Installation;
let server: ServerProcess;
let api: Api;
let document: OpenApi;
let ajv: Ajv2020;
before(async () => {
  installation = anInstallation();
  server = await installation.start('standalone');
  api = installation.api();
  document = (await api.ask<OpenApi>('GET', '/openapi.json')).body;
  ajv = new Ajv2020({ strict: false, allErrors: true });
  (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema({ $id: 'interface', components: document.components });
});
after(() => installation.remove());

const operations = (): readonly (readonly [method: string, path: string, operation: Operation])[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [method.toUpperCase(), path, operation] as const),
  );

test('writing a document that is OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(document.openapi, '3.1.0');
});

test('documenting every route of the contract, each once, with a summary', () => {
  const documented = operations().map(([, , { operationId }]) => operationId);
  assert.deepEqual(documented.toSorted(), Object.keys(ROUTES).sort());
  for (const [, , { operationId, summary }] of operations()) assert.ok(summary.length > 5, operationId);
});

/** What the example speaks of, made for it alone, in place of the ids that the document has. */
async function made(about: string): Promise<readonly (readonly [placeholder: string, real: string])[]> {
  const flows = [examples.HELLO, examples.APPROVAL, examples.SLOW, examples.BROKEN];
  for (const source of flows) await api.save(source);
  const stands: (readonly [string, string])[] = [];
  const start = async (flow: string, state: string) => {
    const { id } = await api.start(`${examples.NAMESPACE}/${flow}`);
    let last = await api.execution(id);
    await eventually(async () => {
      last = await api.execution(id);
      return last.state.current === state;
    }).catch(() => assert.fail(`expected ${state} of ${flow}, got ${JSON.stringify(last)}`));
    return last;
  };
  if ([examples.ENDED, examples.TASK_RUN].some((id) => about.includes(id))) {
    const ended = await start('hello', 'SUCCESS');
    const last = ended.taskRunList.at(-1)!;
    stands.push(
      [examples.WRITTEN, String(last.outputs!.uri)],
      [examples.ENDED, ended.id],
      [examples.TASK_RUN, last.id],
    );
  }
  if (about.includes(examples.FAILED)) stands.push([examples.FAILED, (await start('broken', 'FAILED')).id]);
  if (about.includes(examples.PAUSED)) stands.push([examples.PAUSED, (await start('approval', 'PAUSED')).id]);
  if (about.includes(examples.RUNNING)) stands.push([examples.RUNNING, (await start('slow', 'RUNNING')).id]);
  if (about.includes(examples.LETTER)) {
    const client = new Redis(openDataFolder(installation.data).socket);
    const message = { v: 1, kind: 'continue', executionId: 'gone', atMs: 1 };
    assert.equal(await bury(client, 'x:3', message, examples.LETTER.slice('x3-'.length)), examples.LETTER);
    client.disconnect();
  }
  if (about.includes(examples.TOKEN_ID)) {
    const made = await api.ask<{ id: string }>('POST', '/tokens', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ci', scope: 'read' }),
    });
    stands.push([examples.TOKEN_ID, made.body.id]);
  }
  const link = server.printed.map((line) => /\/login\/(\S+)/.exec(line)?.[1]).find(Boolean)!;
  return [...stands, [examples.LINK, link]];
}

/** As deep as it goes: `filters[a][b]`. */
const queryOf = (name: string, value: unknown): readonly [string, string][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => queryOf(`${name}[${key}]`, inner))
    : [[name, String(value)]];

function bodyOf(content: Readonly<Record<string, Media>> | undefined): RequestInit {
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (type === undefined || media?.example === undefined) return {};
  if (type !== 'multipart/form-data') {
    const { example } = media;
    return {
      headers: { 'content-type': type },
      body: typeof example === 'string' ? example : JSON.stringify(example),
    };
  }
  const body = new FormData();
  for (const [name, value] of Object.entries(media.example as object))
    body.append(name, name === 'fileUpload' ? new Blob([value]) : value);
  return { body };
}

/** Sends what the document gives as example. */
async function sent(method: string, path: string, operation: Operation): Promise<Answer<unknown>> {
  let address = path;
  const query = new URLSearchParams();
  for (const { name, in: where, example } of operation.parameters) {
    if (where === 'path') address = address.replace(`{${name}}`, encodeURIComponent(String(example)));
    else if (example !== undefined) for (const [key, value] of queryOf(name, example)) query.append(key, value);
  }
  return api.ask<unknown>(method, `${address}?${query}`, {
    ...bodyOf(operation.requestBody?.content),
    redirect: 'manual',
  });
}

/** The schema, with what it refers to. */
const inDocument = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"interface#/components/'));

function wrongIn(value: unknown, schema: object): string {
  const isValid = ajv.validate(inDocument(schema), value);
  return isValid ? '' : `${ajv.errorsText().slice(0, 500)} in ${JSON.stringify(value).slice(0, 1_000)}`;
}

/** Empty where it is answered as documented. */
async function judged(method: string, path: string, documented: Operation): Promise<string> {
  const about = JSON.stringify({ ...documented, responses: {} });
  let text = JSON.stringify(documented);
  const stands = await made(about);
  for (const [placeholder, real] of stands) text = text.replaceAll(placeholder, real);
  const operation = JSON.parse(text) as Operation;
  const answer = await sent(method, path, operation);
  // What sleeps takes a seat of the worker.
  const running = stands.find(([placeholder]) => placeholder === examples.RUNNING)?.[1];
  if (running !== undefined) await api.ask('DELETE', `/executions/${running}/kill`);
  const expected = operation.responses[answer.status];
  if (!expected) return `expected one of ${Object.keys(operation.responses)}, got ${answer.status} ${answer.text}`;
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]!;
  const media = expected.content?.[type];
  if (!expected.content)
    return answer.text === '' || answer.status === 302 ? '' : `expected nothing, got ${answer.text}`;
  if (!media) return `expected ${Object.keys(expected.content)}, got ${type}`;
  if (type === 'text/event-stream') {
    const told: object[] = [];
    for await (const { data } of eventsOf(new Blob([answer.text]).stream())) told.push(JSON.parse(data) as object);
    const filled = told.filter((data) => Object.keys(data).length > 0);
    if (filled.length === 0) return 'expected events, got none';
    return filled.map((data) => wrongIn(data, media.schema!.contentSchema!)).find(Boolean) ?? '';
  }
  if (type !== 'application/json') return answer.text.length > 0 ? '' : 'expected a file, got nothing';
  return wrongIn(answer.body, media.schema!);
}

test('answering every example as it is documented', { timeout: 600_000 }, async () => {
  const wrong: string[] = [];
  for (const [method, path, operation] of operations()) {
    const why = await judged(method, path, operation).catch((error: Error) => error.message);
    if (why !== '') wrong.push(`${operation.operationId}: ${why}`);
  }
  assert.deepEqual(wrong, []);
});
