/** Reading a text in another notation: JSON, YAML, Ion. Null reads as null. */
import { readYaml } from '../../yaml/yaml.ts';
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { textOf } from '../filters/argument.ts';
import { readIon } from '../ion/read.ts';
import { parseJson } from '../value/json.ts';

export const fromJson: ExpressionFunction = {
  parameters: ['json'],
  required: 1,
  call: ([text]) => (text === null ? null : parseJson(textOf(text, 'json'))),
};

/** The first value, or with `allRows` the list of all. */
export const fromIon: ExpressionFunction = {
  parameters: ['ion', 'allRows'],
  required: 1,
  call([text, allRows], { budget }) {
    if (text === null) return null;
    const rows = readIon(textOf(text, 'ion'), budget);
    return allRows === true ? rows : (rows[0] ?? null);
  },
};

export const yaml: ExpressionFunction = {
  parameters: ['yaml'],
  required: 1,
  call([text]) {
    const { value, problems } = readYaml(textOf(text, 'yaml'));
    const first = problems.find(({ severity }) => severity === 'error');
    if (first) throw new ValueError(`expected YAML: ${first.message} (line ${first.line}, column ${first.column})`);
    return value ?? null;
  },
};
