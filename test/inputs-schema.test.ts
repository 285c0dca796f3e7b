/** Judging the values of JSON inputs by a JSON schema. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Schema, schemaFaults, unsupportedIn } from '../lib/flow/input/json-schema.ts';

const pathsOf = (schema: Schema, value: unknown): readonly string[] =>
  schemaFaults(schema, value).map(({ path }) => path);

test('finding what does not fit, and where', () => {
  const schema: Schema = {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', minItems: 1, uniqueItems: true, items: { $ref: '#/$defs/item' } },
      note: { type: ['string', 'null'], maxLength: 3 },
    },
    additionalProperties: false,
    $defs: {
      item: {
        type: 'object',
        required: ['price'],
        properties: { price: { type: 'number', exclusiveMinimum: 0, multipleOf: 0.1 }, sku: { pattern: '^[A-Z]+$' } },
      },
    },
  };
  assert.equal(unsupportedIn(schema), undefined);
  assert.deepEqual(pathsOf(schema, { items: [{ price: 0.3, sku: 'AB' }], note: null }), []);
  assert.deepEqual(pathsOf(schema, { items: [{ price: 0, sku: 'a' }, {}, 7], note: 'abcd', more: 1 }), [
    'items[0].price',
    'items[0].sku',
    'items[1]',
    'items[2]',
    'note',
    '',
  ]);
  assert.deepEqual(schemaFaults(schema, []), [{ path: '', message: 'expected object, got []' }]);
});

test('judging by each keyword', () => {
  const cases: [schema: Schema, fitting: unknown, other: unknown][] = [
    [true, 1, undefined],
    [{ const: { a: 1, b: 2 } }, { b: 2, a: 1 }, { a: 1 }],
    [{ enum: [1, 'x'] }, 'x', 'y'],
    [{ type: 'integer' }, 3, 3.5],
    [{ minimum: 1, maximum: 2 }, 2, 3],
    [{ exclusiveMaximum: 2 }, 1, 2],
    [{ minLength: 2 }, '👍👍', '👍'],
    [{ pattern: 'b+' }, 'abc', 'ac'],
    [{ maxItems: 1 }, [1], [1, 2]],
    [
      { uniqueItems: true },
      [1, '1'],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    [{ prefixItems: [{ type: 'string' }], items: { type: 'number' } }, ['a', 1, 2], ['a', 'b']],
    [{ contains: { const: 1 }, maxContains: 1 }, [1, 2], [1, 1]],
    [{ contains: { const: 1 }, minContains: 0 }, [], undefined],
    [{ minProperties: 1 }, { a: 1 }, {}],
    [{ dependentRequired: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
    [{ dependentSchemas: { a: { required: ['c'] } } }, { b: 1 }, { a: 1 }],
    [{ patternProperties: { '^x-': { type: 'number' } }, additionalProperties: false }, { 'x-a': 1 }, { y: 1 }],
    [{ propertyNames: { maxLength: 1 } }, { a: 1 }, { ab: 1 }],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, 1, 3],
    [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, 6, 4],
    [{ oneOf: [{ minimum: 1 }, { maximum: 3 }] }, 5, 2],
    [{ not: { type: 'string' } }, 1, 'x'],
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema is called so
    [{ if: { type: 'string' }, then: { minLength: 2 }, else: { minimum: 0 } }, 'ab', -1],
    [{ format: 'email' }, 'none', undefined],
  ];
  for (const [schema, fitting, other] of cases) {
    assert.deepEqual(pathsOf(schema, fitting), [], JSON.stringify(schema));
    if (other !== undefined) assert.notEqual(pathsOf(schema, other).length, 0, JSON.stringify(schema));
  }
});

test('refusing schemas that would be half obeyed', () => {
  const schemas: Schema[] = [
    { unevaluatedProperties: false },
    { properties: { a: { typ: 'string' } } },
    { $ref: 'https://example.com/schema' },
    { allOf: [{ pattern: '(' }] },
    { patternProperties: { '[': true } },
    { constructor: 1 },
  ];
  for (const schema of schemas) assert.match(unsupportedIn(schema) ?? 'nothing', /^expected /, JSON.stringify(schema));
});

test('ending a schema that would take for ever', () => {
  const endless = { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' };
  assert.match(schemaFaults(endless, 1)[0]!.message, /takes too long/);
  assert.match(schemaFaults({ pattern: '^(a+)+$' }, `${'a'.repeat(5_000)}!`)[0]!.message, /takes too long/);
  const branching = {
    $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }, { $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } },
  };
  assert.match(schemaFaults({ ...branching, $ref: '#/$defs/a' }, 1)[0]!.message, /takes too long/);
});
