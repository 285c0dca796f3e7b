/**
 * Functions whose answer lies outside: in a store, a file, a log, on the network. They only ask (world.ts): who renders knows the
 * execution, checks what it may read, and answers.
 */
import type { Call, ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { optional, textOf } from '../filters/argument.ts';
import { itemOf } from '../value/access.ts';
import { json, parseJson } from '../value/json.ts';
import { isMap } from '../value/map.ts';
import { javaText } from '../value/text.ts';
import { type Answer, asked, type FactKind, type Question } from '../world.ts';

/** `undefined` for what there is not. @throws NeedsFact, ValueError where it is refused */
function ask(
  { world }: Call,
  kind: FactKind,
  args: Question['args'],
): { readonly value?: unknown; readonly missing?: string } {
  const answer: Answer = asked(world, kind, args);
  if ('refused' in answer) throw new ValueError(answer.refused);
  return answer;
}

function mustHave(call: Call, kind: FactKind, args: Question['args']): unknown {
  const { value, missing } = ask(call, kind, args);
  if (missing !== undefined) throw new ValueError(missing);
  return value ?? null;
}

/** As it travels: plain JSON. */
const plainJson = (value: unknown): unknown =>
  value === undefined ? null : parseJsonPlainly(json(value, { nulls: true }));
const parseJsonPlainly = (text: string): unknown => JSON.parse(text);

export const kv: ExpressionFunction = {
  parameters: ['key', 'namespace', 'errorOnMissing'],
  required: 1,
  call([key, namespace, errorOnMissing], call) {
    const args = { key: textOf(key, 'key'), namespace: optional(namespace, textOf, 'namespace') ?? null };
    return errorOnMissing === false ? (ask(call, 'kv', args).value ?? null) : mustHave(call, 'kv', args);
  },
};

/** With a `subkey`, that part of a secret which is JSON. */
export const secret: ExpressionFunction = {
  parameters: ['key', 'namespace', 'subkey', 'full'],
  required: 1,
  call([key, namespace, subkey, full], call) {
    const name = textOf(key, 'key');
    const text = mustHave(call, 'secret', { key: name, namespace: optional(namespace, textOf, 'namespace') ?? null });
    const part = optional(subkey, textOf, 'subkey');
    if (part === undefined || part === '') return full === true ? parseJson(textOf(text, 'a secret')) : text;
    const whole = parseJson(textOf(text, 'a secret'));
    const found = isMap(whole) ? itemOf(whole, part) : undefined;
    if (found === undefined) throw new ValueError(`Cannot find secret sub-key '${part}' in secret '${name}'`);
    return isMap(found) || Array.isArray(found) ? json(found) : javaText(found);
  },
};

export const credential: ExpressionFunction = {
  parameters: ['name'],
  required: 1,
  call: ([name], call) => mustHave(call, 'credential', { name: textOf(name, 'name') }),
};

const ofFile = (kind: FactKind): ExpressionFunction => ({
  parameters: ['path', 'namespace'],
  required: 1,
  call: ([path, namespace], call) =>
    mustHave(call, kind, { path: textOf(path, 'path'), namespace: optional(namespace, textOf, 'namespace') ?? null }),
});

export const read = ofFile('read');
export const fileSize = ofFile('fileSize');
export const fileExists = ofFile('fileExists');
export const isFileEmpty = ofFile('isFileEmpty');

export const errorLogs: ExpressionFunction = { parameters: [], call: (_, call) => mustHave(call, 'errorLogs', {}) };

export const http: ExpressionFunction = {
  parameters: ['uri', 'method', 'query', 'body', 'contentType', 'accept', 'headers', 'options'],
  required: 1,
  call([uri, method, query, body, contentType, accept, headers, options], call) {
    return mustHave(call, 'http', {
      uri: textOf(uri, 'uri'),
      method: (optional(method, textOf, 'method') ?? 'GET').toUpperCase(),
      contentType: optional(contentType, textOf, 'contentType') ?? 'application/json',
      accept: optional(accept, textOf, 'accept') ?? 'application/json',
      query: plainJson(query),
      body: plainJson(body),
      headers: plainJson(headers),
      options: plainJson(options),
    });
  },
};

/** What another flow gives back, for the inputs of a form. */
export const subflow: ExpressionFunction = {
  parameters: ['namespace', 'flowId', 'inputs'],
  required: 2,
  call: ([namespace, flowId, inputs], call) =>
    mustHave(call, 'subflow', {
      namespace: textOf(namespace, 'namespace'),
      flowId: textOf(flowId, 'flowId'),
      inputs: plainJson(inputs),
    }),
};
