/** What a flow asks for: `inputs`, with limits and defaults that must fit their own types. */
import type { Input, InputType } from '../model/flow.ts';
import { nearest } from '../nearest.ts';
import { castValue, LATER_TYPES, VALUE_TYPES } from './cast.ts';
import { excerpt } from './problems.ts';
import type { MapReader } from './reader.ts';
import { checkTemplates, holdsTemplate } from './templates.ts';

const ID = /^[a-zA-Z0-9][.a-zA-Z0-9_-]*$/;
const INPUTS_MAX = 500;
const VALIDATOR_CHARS_MAX = 1_000;
const COMMON = ['id', 'name', 'type', 'description', 'displayName', 'required', 'defaults', 'prefill', 'dependsOn'];
const OWN: Readonly<Record<InputType, readonly string[]>> = {
  STRING: ['validator'],
  INT: ['min', 'max'],
  FLOAT: ['min', 'max'],
  BOOL: [],
  BOOLEAN: [],
  JSON: ['jsonSchema'],
};

export function readInputs(flow: MapReader): readonly Input[] {
  const inputs: Input[] = [];
  const seen = new Set<string>();
  const readers = flow.maps('inputs', 'an input with id and type');
  if (readers.length > INPUTS_MAX)
    flow.problems.error(flow.at('inputs'), `expected at most ${INPUTS_MAX} inputs, got ${readers.length}`);
  for (const reader of readers.slice(0, INPUTS_MAX)) {
    const input = readInput(reader);
    if (!input) continue;
    const clash = clashOf(input.id, seen);
    if (clash) {
      const kestra = clash === input.id ? `Duplicate input with name [${clash}]` : undefined;
      flow.problems.error(reader.at('id'), `expected inputs of different ids, got ${input.id} beside ${clash}`, {
        got: input.id,
        kestra,
      });
    } else inputs.push(input);
    seen.add(input.id);
  }
  return inputs;
}

/** An id with dots is a place in a map: `a` and `a.b` cannot both be. */
function clashOf(id: string, seen: ReadonlySet<string>): string | undefined {
  for (const other of seen) if (other === id || other.startsWith(`${id}.`) || id.startsWith(`${other}.`)) return other;
  return undefined;
}

function readInput(reader: MapReader): Input | undefined {
  const { problems } = reader;
  const idName = reader.has('id') || !reader.has('name') ? 'id' : 'name';
  const id = reader.text(idName);
  if (idName === 'name') problems.warning(reader.at('name'), 'name is the older name of id');
  if (id === undefined) problems.missing(reader.at('id'), 'an id');
  else if (!ID.test(id))
    problems.expected(
      reader.at(idName),
      'an id of letters, digits, -, _ and .',
      id,
      `must match "${ID.source.slice(0, -1)}"`,
    );
  const type = readType(reader);
  if (!type) return undefined;
  reader.only(new Set([...COMMON, ...OWN[type]]), {
    title: `a ${type} input`,
    javaClass: `io.kestra.core.models.flows.input.${className(type)}`,
  });
  for (const name of ['dependsOn', 'jsonSchema']) if (reader.has(name)) problems.later(reader.at(name), name);
  const input: Input = {
    id: id ?? '',
    type,
    required: reader.boolean('required', true),
    defaults: reader.get('defaults'),
    description: reader.text('description'),
    displayName: reader.text('displayName'),
    ...(OWN[type].includes('min') ? { min: reader.number('min'), max: reader.number('max') } : {}),
    ...(type === 'STRING' ? { validator: readValidator(reader) } : {}),
  };
  checkDefaults(input, reader);
  return input;
}

function readType(reader: MapReader): InputType | undefined {
  const written = reader.get('type');
  const type = VALUE_TYPES.find((each) => each === written);
  if (type) return type;
  const path = reader.at('type');
  if (LATER_TYPES.includes(String(written))) reader.problems.later(path, `the input type ${written}`);
  else {
    const hint = nearest(String(written ?? ''), VALUE_TYPES);
    const message = `expected one of ${VALUE_TYPES.join(', ')}, got ${excerpt(written)}${hint ? ` (did you mean ${hint}?)` : ''}`;
    reader.problems.error(path, message, {
      expected: VALUE_TYPES.join(', '),
      got: excerpt(written),
      kestra: `Invalid type: ${written ?? 'null'}`,
    });
  }
  return undefined;
}

function readValidator(reader: MapReader): string | undefined {
  const validator = reader.text('validator');
  if (validator === undefined) return undefined;
  if (validator.length > VALIDATOR_CHARS_MAX || !patternOf(validator)) {
    reader.problems.expected(
      reader.at('validator'),
      `a regular expression of up to ${VALIDATOR_CHARS_MAX} characters`,
      validator,
      `invalid pattern [${validator}]`,
    );
    return undefined;
  }
  return validator;
}

/** The whole value must match, as in Kestra. Undefined where it is no regular expression. */
export function patternOf(validator: string): RegExp | undefined {
  for (const flags of ['u', ''])
    try {
      return new RegExp(`^(?:${validator})$`, flags);
    } catch {
      // Java allows escapes that only the loose dialect here reads: it is the second try.
    }
  return undefined;
}

function checkDefaults(input: Input, reader: MapReader): void {
  const { defaults } = input;
  if (defaults === undefined) return;
  if (holdsTemplate(defaults)) checkTemplates(defaults, reader.at('defaults'), reader.problems);
  else {
    const cast = castValue(input.type, defaults);
    if ('problem' in cast)
      reader.problems.error(reader.at('defaults'), cast.problem, { expected: input.type, got: excerpt(defaults) });
  }
}

const className = (type: string): string => `${type.charAt(0)}${type.slice(1).toLowerCase()}Input`;
