/**
 * FILE: a file of the internal storage. Whoever uploads one gets its URI here; a text must be such a URI (a path of the
 * server's own disk is none).
 */
import type { Input } from '../../model/flow.ts';
import { words } from '../language.ts';
import type { MapReader } from '../reader.ts';
import { expectedType, type InputKind, type Refusal } from './kind.ts';

const STORED = /^kestra:\/\/\/[^\s\\]+$/;
/** Flows may name them; they are refused where an execution would get them. */
const ELSEWHERE: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^nsfile:\/\//, 'files of namespaces are not supported yet'],
  [/^file:\/\//, "files of the server's own disk are not read"],
];
const URI_CHARS_MAX = 1_024;
const EXTENSION = /^\.?[a-zA-Z0-9_.-]{1,30}$/;

export interface FileOptions {
  /** Deprecated: the ending of a file that comes without a name. */
  readonly extension?: string;
  /** Small letters, with their dot. */
  readonly allowedFileExtensions?: readonly string[];
}

const elsewhere = (value: unknown): string | undefined =>
  typeof value === 'string' ? ELSEWHERE.find(([pattern]) => pattern.test(value))?.[1] : undefined;

const isStored = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= URI_CHARS_MAX && STORED.test(value);

export const file: InputKind<FileOptions> = {
  javaClass: 'FileInput',
  options: {
    extension: words('Such as .csv', { deprecated: true }),
    allowedFileExtensions: { type: 'array', items: { type: 'string' }, description: 'Such as .csv' },
  },
  keeps: 'upload',
  read: (reader) => ({ extension: readExtension(reader), allowedFileExtensions: readAllowed(reader) }),
  refusedDefault: (value, { id, allowedFileExtensions }: Input & FileOptions) =>
    isStored(value) || elsewhere(value) !== undefined
      ? unlisted(String(value), allowedFileExtensions)
      : {
          problem:
            'expected no defaults of a FILE but a URI of a stored file (kestra:///…, nsfile:///…), got another text',
          kestra: `${id}: no \`defaults\` can be set for inputs of type 'FILE'`,
        },
  cast: (value) => {
    if (isStored(value)) return { value };
    const why = elsewhere(value);
    const refused = expectedType('FILE', 'an uploaded file, or the URI of a stored one (kestra:///…)', value);
    return why === undefined ? refused : { problem: `${refused.problem}: ${why}`, kestra: `${refused.kestra}: ${why}` };
  },
  limit: (value, { allowedFileExtensions }) => unlisted(String(value), allowedFileExtensions),
};

function unlisted(uri: string, allowed: readonly string[] | undefined): Refusal | undefined {
  if (!allowed || allowed.length === 0) return undefined;
  const name = uri.slice(uri.lastIndexOf('/') + 1).toLowerCase();
  const at = name.lastIndexOf('.');
  if (at >= 0 && allowed.includes(name.slice(at))) return undefined;
  const listed = allowed.join(', ');
  return {
    problem: `expected a file that ends in one of ${listed}, got ${name}`,
    kestra: `File type not allowed. Accepted extensions: ${listed}`,
  };
}

function readExtension(reader: MapReader): string | undefined {
  const extension = reader.text('extension');
  if (extension === undefined) return undefined;
  reader.problems.warning(
    reader.at('extension'),
    'extension is deprecated: allowedFileExtensions says which are taken',
  );
  if (EXTENSION.test(extension)) return extension.startsWith('.') ? extension : `.${extension}`;
  reader.problems.expected(reader.at('extension'), 'an ending such as .csv', extension);
  return undefined;
}

function readAllowed(reader: MapReader): readonly string[] | undefined {
  if (!reader.has('allowedFileExtensions')) return undefined;
  return reader.list('allowedFileExtensions').flatMap((each, n) => {
    if (typeof each === 'string' && EXTENSION.test(each))
      return [(each.startsWith('.') ? each : `.${each}`).toLowerCase()];
    reader.problems.expected([...reader.path, 'allowedFileExtensions', n], 'an ending such as .csv', each);
    return [];
  });
}
