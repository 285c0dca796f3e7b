/** YAML: a text in YAML, read as flows are, or what it would be. */
import { readYaml } from '../../yaml/yaml.ts';
import { expectedType, type InputKind } from './kind.ts';

export const yaml: InputKind = {
  javaClass: 'YamlInput',
  options: {},
  cast: (value) => {
    if (typeof value !== 'string') return { value };
    const read = readYaml(value);
    const problem = read.problems.find(({ severity }) => severity === 'error');
    if (!problem) return { value: read.value };
    const refused = expectedType('YAML', 'YAML', value);
    return { ...refused, problem: `${refused.problem} (line ${problem.line}: ${problem.message})` };
  },
};
