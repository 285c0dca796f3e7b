/**
 * The files that come with a start: streamed into the internal storage below the execution that they are for, and removed
 * again if there will be none. A part names its input; older clients name it by the file of a part called `files`.
 */
import { Readable } from 'node:stream';
import type { FileOptions } from '../../../lib/flow/input/file.ts';
import { placesOf } from '../../../lib/flow/input/order.ts';
import { inputKind } from '../../../lib/flow/input/table.ts';
import type { Flow, Input } from '../../../lib/model/flow.ts';
import type { Problem } from '../../../lib/model/problem.ts';
import { executionPrefix, type Storage } from '../../../lib/storage/storage.ts';
import { FORM_BYTES_MAX, textIn } from '../body.ts';
import { bounded, type FilePart, type Form } from '../form.ts';

const OLDER_NAME = 'files';
const EXTENSION = '.upl';
const NAME_BYTES_MAX = 180;

export class Uploads implements Form {
  readonly filesBytesMax: number;
  /** Files that were none. */
  readonly problems: Problem[] = [];
  readonly #flow: Flow;
  readonly #storage: Storage | undefined;
  readonly #prefix: string;
  readonly #inputs: ReadonlyMap<string, Input>;
  readonly #pending: Promise<unknown>[] = [];
  #bytes = 0;

  /** Without a `storage` files are read and dropped: they are only judged by their names. */
  constructor(flow: Flow, executionId: string, parts: { readonly storage?: Storage; readonly bytesMax: number }) {
    this.filesBytesMax = parts.bytesMax;
    this.#flow = flow;
    this.#storage = parts.storage;
    this.#prefix = `${executionPrefix(flow, executionId)}inputs/`;
    this.#inputs = new Map(placesOf(flow.inputs).map(({ input }) => [input.id, input]));
  }

  readonly take: Form['take'] = (part) => {
    const taken = this.#take(part);
    this.#pending.push(taken);
    return taken;
  };

  /** No file of it is left behind, the one that is being written included. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.#pending);
    if (this.#pending.length > 0) await this.#storage?.removeAll(this.#flow.tenant, this.#prefix);
  }

  async #take({ name, fileName, content }: FilePart): Promise<readonly [name: string, value: string] | undefined> {
    const older = name === OLDER_NAME ? this.#inputs.get(fileName) : undefined;
    const input = older ?? this.#inputs.get(name);
    if (!input) return void (await drop(content));
    if (inputKind(input.type)?.keeps !== 'upload') return [input.id, await textOf(content, `inputs.${input.id}`)];
    const stored = older ? unnamed(input) : nameOf(fileName) || unnamed(input);
    const uri = `${this.#prefix}${input.id}/${stored}`;
    if ((await this.#put(uri, content)) > 0) return [input.id, uri];
    this.problems.push({
      severity: 'error',
      path: `inputs.${input.id}`,
      message: 'expected a file with content, got an empty one',
      got: '0 bytes',
      kestra: `Invalid input for \`${input.id}\`, Can't upload file: ${fileName || input.id}`,
    });
    return undefined;
  }

  async #put(uri: string, content: Readable): Promise<number> {
    let own = 0;
    const count = (bytes: number) => {
      own += bytes;
      return (this.#bytes += bytes);
    };
    const stream = Readable.from(bounded(content, this.filesBytesMax, count), { objectMode: false });
    if (this.#storage) await this.#storage.put(this.#flow.tenant, uri, stream);
    else await drop(stream);
    return own;
  }
}

const unnamed = ({ id, extension = EXTENSION }: Input & FileOptions): string => `${id}${extension}`;

/** What can be a name anywhere; empty where nothing of it can. */
function nameOf(fileName: string): string {
  const last = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  let name = last.toWellFormed().replace(/[^\p{L}\p{N}_.()+=@-]/gu, '_');
  // Its end says of what kind it is.
  while (Buffer.byteLength(name) > NAME_BYTES_MAX) name = [...name].slice(1).join('');
  return name.replace(/^\.+/, '');
}

async function drop(content: Readable): Promise<void> {
  for await (const _ of content);
}

/** A value that came as a file. */
async function textOf(content: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of bounded(content, FORM_BYTES_MAX, (more) => (bytes += more))) chunks.push(chunk);
  return textIn(Buffer.concat(chunks), name);
}
