/** The typed outputs of a flow, rendered when its tasks have ended. */
import type { FlowOutput } from '../model/flow.ts';
import { LATER_TYPES, VALUE_TYPES } from './cast.ts';
import { ID, namesOf, OUTPUT_PROPERTIES } from './language.ts';
import type { MapReader } from './reader.ts';
import { checkTemplates } from './templates.ts';

const OUTPUTS_MAX = 500;
const PROPERTIES = namesOf(OUTPUT_PROPERTIES);
const SHAPE = new RegExp(ID);

export function readOutputs(flow: MapReader): readonly FlowOutput[] {
  const outputs: FlowOutput[] = [];
  const seen = new Set<string>();
  const readers = flow.maps('outputs', 'an output with id, type and value');
  if (readers.length > OUTPUTS_MAX)
    flow.problems.error(flow.at('outputs'), `expected at most ${OUTPUTS_MAX} outputs, got ${readers.length}`);
  for (const reader of readers.slice(0, OUTPUTS_MAX)) {
    const output = readOutput(reader);
    if (seen.has(output.id)) {
      const kestra = `Duplicate output with name [${output.id}]`;
      flow.problems.error(reader.at('id'), `expected outputs of different ids, got ${output.id} again`, {
        got: output.id,
        kestra,
      });
    }
    seen.add(output.id);
    outputs.push(output);
  }
  return outputs;
}

function readOutput(reader: MapReader): FlowOutput {
  const { problems } = reader;
  reader.only(PROPERTIES, { title: 'an output', javaClass: 'io.kestra.core.models.flows.Output' });
  const id = reader.text('id');
  if (id === undefined) problems.missing(reader.at('id'), 'an id');
  else if (!SHAPE.test(id))
    problems.expected(
      reader.at('id'),
      'an id of letters, digits, - and _',
      id,
      `must match "${SHAPE.source.slice(0, -1)}"`,
    );
  const type = reader.text('type');
  if (type === undefined) problems.missing(reader.at('type'), `one of ${VALUE_TYPES.join(', ')}`);
  else if (LATER_TYPES.includes(type)) problems.later(reader.at('type'), `the output type ${type}`);
  else if (!VALUE_TYPES.some((each) => each === type))
    problems.expectedOne(reader.at('type'), VALUE_TYPES, type, `Invalid type: ${type}`);
  const value = reader.get('value');
  if (value === undefined) problems.missing(reader.at('value'), 'a value');
  else checkTemplates(value, reader.at('value'), problems);
  return {
    id: id ?? '',
    type: type ?? '',
    value,
    required: reader.boolean('required', true),
    description: reader.text('description'),
  };
}
