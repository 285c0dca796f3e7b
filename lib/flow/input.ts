/** What a flow asks for: `inputs`, each by its type, with defaults that must fit it and dependencies that must end. */
import type { Input, InputDependency } from '../model/flow.ts';
import type { Path } from '../yaml/yaml.ts';
import { castBy, LATER_TYPES, VALUE_TYPES } from './cast.ts';
import { type InputKind, isRefusal, type Refusal } from './input/kind.ts';
import { checkOrder } from './input/order.ts';
import { INPUT_KINDS, inputKind } from './input/table.ts';
import { DEPENDENCY, INPUT_ID, INPUT_PROPERTIES, namesOf } from './language.ts';
import { excerpt } from './problems.ts';
import { isMap, MapReader } from './reader.ts';
import { checkTemplates, holdsTemplate } from './templates.ts';

/** Kestra's, and no part of it may be empty: the parts are names in maps. */
const ID = new RegExp(INPUT_ID);
const ID_CHARS_MAX = 256;
const INPUTS_MAX = 500;
const DISPLAY_NAME_CHARS_MAX = 64;
const TYPES = Object.keys(INPUT_KINDS);
const COMMON = ['type', ...Object.keys(INPUT_PROPERTIES)];

/** `name` is the list: `inputs` of a flow, `onResume` of a pause. */
export function readInputs(owner: MapReader, name = 'inputs'): readonly Input[] {
  const paths = new Map<Input, Path>();
  const inputs = readList(owner, name, paths);
  checkOrder(inputs, (input) => paths.get(input)!, owner.problems);
  return inputs;
}

/** `paths`: where each of them stands, beside those that have problems. */
function readList(owner: MapReader, name: string, paths = new Map<Input, Path>()): readonly Input[] {
  const inputs: Input[] = [];
  const seen = new Set<string>();
  const readers = owner.maps(name, 'an input with id and type');
  if (readers.length > INPUTS_MAX)
    owner.problems.error(owner.at(name), `expected at most ${INPUTS_MAX} inputs, got ${readers.length}`);
  for (const reader of readers.slice(0, INPUTS_MAX)) {
    const input = readInput(reader);
    if (!input) continue;
    paths.set(input, reader.path);
    const clash = clashOf(input.id, seen);
    if (clash) {
      const kestra = clash === input.id ? `Duplicate input with name [${clash}]` : undefined;
      const message = `expected inputs of different ids, got ${input.id} beside ${clash}`;
      owner.problems.error(reader.at('id'), message, { got: input.id, kestra });
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
  const id = readId(reader);
  const type = readType(reader);
  const kind = type === undefined ? undefined : inputKind(type);
  if (!kind) return undefined;
  reader.only(new Set([...COMMON, ...Object.keys(kind.options)]), {
    title: `a ${type} input`,
    javaClass: `io.kestra.core.models.flows.input.${kind.javaClass}`,
  });
  const inputs = (inner: MapReader, name: string) => readList(inner, name);
  const options = kind.read?.(reader, { types: VALUE_TYPES, inputs }) ?? {};
  const input: Input = {
    id: id ?? '',
    type: type!,
    required: reader.boolean('required', true),
    defaults: reader.get('defaults'),
    prefill: reader.get('prefill'),
    description: reader.text('description'),
    displayName: readDisplayName(reader),
    dependsOn: readDependency(reader),
    ...options,
  };
  checkDefaults(kind, input, reader);
  return input;
}

function readId(reader: MapReader): string | undefined {
  const { problems } = reader;
  const name = reader.has('id') || !reader.has('name') ? 'id' : 'name';
  const id = reader.text(name);
  if (name === 'name') problems.warning(reader.at('name'), 'name is the older name of id');
  if (id === undefined) problems.missing(reader.at('id'), 'an id');
  else if (
    !ID.test(id) ||
    id.length > ID_CHARS_MAX ||
    id.split('.').some((part) => part === '' || part === '__proto__')
  )
    problems.expected(
      reader.at(name),
      'an id of letters, digits, -, _ and single dots inside',
      id,
      `must match "${ID.source.slice(0, -1)}"`,
    );
  return id;
}

function readType(reader: MapReader): string | undefined {
  const written = reader.get('type');
  const type = TYPES.find((each) => each === written);
  if (type) return type;
  const path = reader.at('type');
  if (LATER_TYPES.includes(String(written))) reader.problems.later(path, `the input type ${written}`);
  else reader.problems.expectedOne(path, TYPES, written, `Invalid type: ${written ?? 'null'}`);
  return undefined;
}

function readDisplayName(reader: MapReader): string | undefined {
  const name = reader.text('displayName');
  if (name !== undefined && name.length > DISPLAY_NAME_CHARS_MAX)
    reader.problems.expected(
      reader.at('displayName'),
      `at most ${DISPLAY_NAME_CHARS_MAX} characters`,
      name,
      `size must be between 0 and ${DISPLAY_NAME_CHARS_MAX}`,
    );
  return name;
}

function readDependency(reader: MapReader): InputDependency | undefined {
  const written = reader.get('dependsOn');
  if (written === undefined) return undefined;
  const { problems } = reader;
  if (!isMap(written)) {
    problems.expected(reader.at('dependsOn'), 'a map with inputs and condition', written);
    return undefined;
  }
  const inner = new MapReader(written, reader.at('dependsOn'), problems);
  inner.only(namesOf(DEPENDENCY), {
    title: 'dependsOn',
    javaClass: 'io.kestra.core.models.flows.DependsOn',
  });
  const condition = inner.template('condition');
  return { inputs: inner.list('inputs').map(String), ...(condition === undefined ? {} : { condition }) };
}

function checkDefaults(kind: InputKind, input: Input, reader: MapReader): void {
  const { defaults, prefill, type } = input;
  if (defaults !== undefined && prefill !== undefined && kind.keeps !== 'group')
    reader.problems.error(reader.at('prefill'), 'expected defaults or prefill, got both', {
      kestra: 'Inputs with a default value cannot also have a prefill.',
    });
  if (defaults === undefined || kind.keeps === 'group') return;
  if (holdsTemplate(defaults)) return checkTemplates(defaults, reader.at('defaults'), reader.problems);
  const refused = kind.refusedDefault ? kind.refusedDefault(defaults, input) : judged(kind, defaults, input);
  if (!refused) return;
  const { problem, kestra } = refused;
  reader.problems.error(reader.at('defaults'), problem, { expected: type, got: excerpt(defaults), kestra });
}

function judged(kind: InputKind, value: unknown, input: Input): Refusal | undefined {
  const cast = castBy(kind, value, input);
  if (isRefusal(cast)) return cast;
  return kind.templates ? undefined : kind.limit?.(cast.value, input);
}
