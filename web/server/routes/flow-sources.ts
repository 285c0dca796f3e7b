/**
 * Sources of flows as requests bring them: YAML of one or several documents, JSON that becomes YAML, or files of a form. A YAML
 * source is kept to the byte.
 */

import { Fault } from '../../../lib/errors.ts';
import { yamlOf } from '../../../lib/yaml/write.ts';
import { readYaml } from '../../../lib/yaml/yaml.ts';
import { FLOW_BYTES_MAX, FORM_BYTES_MAX, jsonIn, mediaTypeOf, sourceOf, textIn } from '../body.ts';
import { bounded, type FilePart, formOf } from '../form.ts';
import type { Asked } from './register.ts';

/** What stands between two documents. */
const BETWEEN = /^---\s*$/;
export const DOCUMENTS_MAX = 500;
/** Of all files of a form together. */
export const FILES_BYTES_MAX = 64 * 1024 * 1024;

export interface Part {
  readonly text: string;
  /** Lines of the whole that stand before it. */
  readonly linesBefore: number;
  /** Of the file that it came in. */
  readonly fileName?: string;
}

export const isJson = ({ context }: Asked): boolean => /^application\/(?:\w+\+)?json$/.test(mediaTypeOf(context.req));
const isForm = ({ context }: Asked): boolean => mediaTypeOf(context.req) === 'multipart/form-data';

/** One flow. */
export async function flowSourceIn(asked: Asked): Promise<string> {
  const { req } = asked.context;
  return isJson(asked) ? sourceOfJson(await jsonIn(req, FLOW_BYTES_MAX)) : sourceOf(req, FLOW_BYTES_MAX);
}

/** Any number of flows: documents, a JSON list, or the files of a form that are called `flows`. */
export async function flowSourcesIn(asked: Asked): Promise<readonly Part[]> {
  const { req } = asked.context;
  if (isForm(asked)) return bounding(await partsOfForm(asked));
  if (!isJson(asked)) return documentsOf(await sourceOf(req, FORM_BYTES_MAX));
  const value = await jsonIn(req, FORM_BYTES_MAX);
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return bounding(list.map((each) => ({ text: sourceOfJson(each), linesBefore: 0 })));
}

async function partsOfForm(asked: Asked): Promise<readonly Part[]> {
  const files = await filesIn(asked);
  return files.flatMap(({ name, fileName, content }) =>
    documentsOf(textIn(content, fileName || name)).map((part) => ({ ...part, ...(fileName ? { fileName } : {}) })),
  );
}

/** The files of a form, held in memory within FILES_BYTES_MAX. A field counts as a file. */
export async function filesIn(
  asked: Asked,
): Promise<readonly { readonly name: string; readonly fileName: string; readonly content: Buffer }[]> {
  const files: { name: string; fileName: string; content: Buffer }[] = [];
  let bytes = 0;
  const take = async ({ name, fileName, content }: FilePart) => {
    const chunks: Buffer[] = [];
    for await (const chunk of bounded(content, FILES_BYTES_MAX, (more) => (bytes += more))) chunks.push(chunk);
    files.push({ name, fileName, content: Buffer.concat(chunks) });
    return undefined;
  };
  const fields = await formOf(asked.context.req, { filesBytesMax: FILES_BYTES_MAX, take });
  for (const [name, value] of Object.entries(fields))
    files.push({ name, fileName: '', content: Buffer.from(String(value)) });
  return files;
}

/** Clients that send a flow as an object send back what they got: its source counts, if it is there. */
export function sourceOfJson(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Fault('request.invalid', 'expected a flow as a JSON object, got something else');
  const { source, ...flow } = value as Readonly<Record<string, unknown>>;
  return typeof source === 'string' ? source : yamlOf(flow);
}

export function documentsOf(source: string): readonly Part[] {
  const parts: Part[] = [];
  let [lines, linesBefore, text] = [0, 0, ''];
  const finish = () => {
    if (text.trim() !== '') parts.push({ text, linesBefore });
    [text, linesBefore] = ['', lines];
  };
  for (const line of source.split(/(?<=\n)/)) {
    lines++;
    if (BETWEEN.test(line)) finish();
    else text += line;
  }
  finish();
  return bounding(parts);
}

function bounding(parts: readonly Part[]): readonly Part[] {
  if (parts.length <= DOCUMENTS_MAX) return parts;
  throw new Fault('request.tooLarge', `expected at most ${DOCUMENTS_MAX} documents, got ${parts.length}`);
}

/** A part of a flow, such as a task, as YAML or JSON; what is wrong with its YAML stands in `problems`. */
export async function partIn(asked: Asked): Promise<Pick<ReturnType<typeof readYaml>, 'value' | 'problems'>> {
  const { req } = asked.context;
  if (isJson(asked)) return { value: await jsonIn(req, FLOW_BYTES_MAX), problems: [] };
  return readYaml(await sourceOf(req, FLOW_BYTES_MAX));
}
