/** The documentation of the interface as OpenAPI 3.1, written from the contract. */
import { z } from 'zod';
import { SCOPES } from '../../lib/model/scope.ts';
import { Refusal } from './bodies.ts';
import { PARAMS } from './examples.ts';
import type { Answer, Body, Example, Route } from './route.ts';
import { SECTIONS } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

const SCHEMES = ['basic', 'bearer'];

const ABOUT = `Every address stands below \`/api/v1\` too. Examples speak of flows of \`company.team\`; ids of executions, task runs
and files stand for those that your server gives. What is refused is a \`Refusal\`, with a code of docs/errors.md. Each operation names the
scope that it asks for, as the role of its \`security\`: ${SCOPES.map((scope) => `\`${scope}\``).join(', ')}, each of which holds those before it.`;

export function openApiOf(version: string): Json {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [section, routes] of Object.entries(SECTIONS))
    for (const [name, route] of Object.entries(routes) as [string, Route][])
      (paths[addressOf(route)] ??= {})[route.method.toLowerCase()] = operationOf(schemas, section, name, route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Windhover',
      version,
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1/main' }],
    tags: Object.keys(SECTIONS).map((name) => ({ name })),
    paths,
    components: {
      responses: {
        Refusal: { description: 'It is refused', content: { 'application/json': { schema: schemas.of(Refusal) } } },
      },
      schemas: schemas.named,
      securitySchemes: Object.fromEntries(SCHEMES.map((scheme) => [scheme, { type: 'http', scheme }])),
    },
  };
}

const addressOf = ({ path }: Route): string => path.replace(/:(\w+)/g, '{$1}');

function operationOf(schemas: Schemas, section: string, name: string, route: Route): Json {
  const { summary, action, access, body, answer, example } = route;
  const notes = [
    ...(action ? ['Also below `/executions/{executionId}/actions/`.'] : []),
    typeof access === 'string' ? `Asks for the scope \`${access}\`.` : `For everybody: ${access.public}.`,
  ];
  return {
    operationId: name,
    tags: [section],
    summary,
    description: notes.join(' '),
    security: typeof access === 'string' ? SCHEMES.map((scheme) => ({ [scheme]: [access] })) : [],
    parameters: [...pathParameters(route), ...queryParameters(schemas, route)],
    ...(body ? { requestBody: requestBodyOf(schemas, body, example) } : {}),
    responses: { [answer.status]: responseOf(schemas, answer), default: { $ref: '#/components/responses/Refusal' } },
  };
}

const pathParameters = ({ path, example }: Route): readonly Json[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMS[name]!.about,
    schema: { type: 'string' },
    example: example.params?.[name] ?? PARAMS[name]!.example,
  }));

function queryParameters(schemas: Schemas, { query = {}, example }: Route): readonly Json[] {
  const asked = Object.entries(example.query ?? {});
  return Object.entries(query).map(([name, schema]) => {
    const { description, ...rest } = schemas.of(schema);
    // A filter's name says its field and operation: all of them are one parameter.
    const own = asked.filter(([key]) => key === name || key.startsWith(`${name}[`));
    const isObject = rest.type === 'object';
    const value = isObject ? nested(own) : typed(own[0]?.[1], rest.type);
    return {
      name,
      in: 'query',
      ...(description === undefined ? {} : { description }),
      schema: rest,
      ...(isObject ? { style: 'deepObject', explode: true } : {}),
      ...(own.length > 0 ? { example: value } : {}),
    };
  });
}

/** `filters[a][b]=c` is `{ a: { b: 'c' } }`. */
function nested(asked: readonly (readonly [key: string, text: string])[]): Json {
  const tree = {};
  for (const [key, text] of asked) {
    const names = [...key.matchAll(/\[([^\]]*)\]/g)].map(([, name = '']) => name);
    let at: Record<string, unknown> = tree;
    for (const name of names.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    at[names.at(-1)!] = text;
  }
  return tree;
}

function typed(text: string | undefined, type: unknown): unknown {
  if (type === 'integer') return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}

const requestBodyOf = (schemas: Schemas, body: Body, { body: example }: Example): Json => ({
  content: Object.fromEntries(
    Object.entries(body).map(([type, schema], n) => [
      type,
      { schema: schemas.of(schema), ...(n === 0 && example !== undefined ? { example } : {}) },
    ]),
  ),
});

function responseOf(schemas: Schemas, { status, type, schema, events }: Answer): Json {
  if (type === undefined) return { description: status === 302 ? 'It leads elsewhere' : 'It is done' };
  if (events) return { description: 'Events', content: { [type]: { schema: eventsOf(schemas.of(events)) } } };
  return {
    description: schema ? 'What was asked for' : 'A file',
    content: { [type]: schema ? { schema: schemas.of(schema) } : {} },
  };
}

/** OpenAPI 3.1 has no words for events: the text is one, and what it carries stands beside. */
const eventsOf = (data: Json): Json => ({
  type: 'string',
  contentMediaType: 'application/json',
  contentSchema: data,
  description: 'The first event is `start` with nothing, then `progress`; `end` is the last one',
});

/** Schemas as JSON Schema, those that have a name kept aside. */
class Schemas {
  readonly named: Record<string, unknown> = {};

  of(schema: z.ZodType): Json {
    // The name of what is converted itself would be lost: so it is the property of something.
    const { properties, $defs = {} } = refsMoved(
      z.toJSONSchema(z.object({ it: schema }), { io: 'input', override: bare }),
    );
    Object.assign(this.named, $defs);
    return properties.it;
  }
}

/** What is read-only in the code is none in an answer; ids are the names of schemas. */
function bare({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  delete jsonSchema.readOnly;
  delete jsonSchema.id;
}

const refsMoved = (schema: unknown): { readonly properties: { readonly it: Json }; readonly $defs?: object } =>
  JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', '#/components/schemas/'));
