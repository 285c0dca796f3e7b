/** JSON: a text in JSON, or what it would be; a `jsonSchema` (2020-12) may say of what shape. */
import { excerpt } from '../problems.ts';
import type { MapReader } from '../reader.ts';
import { type Schema, schemaFaults, unsupportedIn } from './json-schema.ts';
import { expectedType, type InputKind, type Refusal } from './kind.ts';

interface JsonOptions {
  /** As written: a text in JSON, or a map. */
  readonly jsonSchema?: unknown;
}

export const json: InputKind<JsonOptions> = {
  javaClass: 'JsonInput',
  options: {
    jsonSchema: { type: ['object', 'boolean', 'string'], description: 'Draft 2020-12, as a map or as JSON' },
  },
  read: (reader) => ({ jsonSchema: readSchema(reader) }),
  cast: (value) => {
    if (typeof value !== 'string') return { value };
    try {
      return { value: JSON.parse(value) as unknown };
    } catch (error) {
      const refused = expectedType('JSON', 'JSON', value);
      return { ...refused, problem: `${refused.problem} (${(error as Error).message})` };
    }
  },
  limit: (value, { jsonSchema }) => (jsonSchema === undefined ? undefined : misfit(value, schemaOf(jsonSchema))),
};

function misfit(value: unknown, schema: Schema): Refusal | undefined {
  const faults = schemaFaults(schema, value);
  if (faults.length === 0) return undefined;
  const text = faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return { problem: `${text}`, kestra: `it must match the json schema: ${text}` };
}

function readSchema(reader: MapReader): unknown {
  const written = reader.get('jsonSchema');
  if (written === undefined || written === '') return undefined;
  const path = reader.at('jsonSchema');
  try {
    const wrong = unsupportedIn(schemaOf(written));
    if (wrong === undefined) return written;
    reader.problems.error(path, wrong, { expected: 'a JSON schema', kestra: `Invalid JSON schema: ${wrong}` });
  } catch (error) {
    const message = (error as Error).message;
    reader.problems.expected(path, `a JSON schema (${message})`, excerpt(written), `Invalid JSON schema: ${message}`);
  }
  return undefined;
}

/** @throws SyntaxError */
function schemaOf(written: unknown): Schema {
  const schema: unknown = typeof written === 'string' ? JSON.parse(written) : written;
  if (typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null && !Array.isArray(schema)))
    return schema as Schema;
  throw new SyntaxError('a map, or true or false');
}
