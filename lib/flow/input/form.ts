/** FORM: inputs that are shown together. It has no value; those inside are resolved under its id, `form.input`. */

import type { Input } from '../../model/flow.ts';
import { INPUT_REF } from '../language.ts';
import { expectedType, type InputKind } from './kind.ts';

export interface FormOptions {
  readonly inputs: readonly Input[];
}

export const form: InputKind<FormOptions> = {
  javaClass: 'FormInput',
  options: { inputs: { type: 'array', items: INPUT_REF, description: 'Shown together' } },
  needs: ['inputs'],
  keeps: 'group',
  read: (reader, { inputs }) => {
    const { problems } = reader;
    if (!reader.has('inputs')) problems.missing(reader.at('inputs'), 'the inputs of the form');
    if (reader.has('defaults') || reader.has('prefill')) {
      const kestra = 'A FORM input groups other inputs and cannot declare a default value or a prefill.';
      const path = reader.at(reader.has('defaults') ? 'defaults' : 'prefill');
      problems.error(path, 'expected a FORM without a value of its own, got one', { kestra });
    }
    const inside = inputs(reader, 'inputs');
    for (const [n, input] of inside.entries())
      if (input.type === 'FORM') {
        const kestra = 'A FORM input cannot contain another FORM input; grouping is limited to a single level.';
        problems.error([...reader.path, 'inputs', n], 'expected a FORM without a FORM inside, got one', { kestra });
      }
    return { inputs: inside };
  },
  cast: (value) => expectedType('FORM', 'the inputs inside a form, each by its own id', value),
};
