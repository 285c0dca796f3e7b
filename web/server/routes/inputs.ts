/** What a start with some values would make of each input: forms ask while they are filled in. Nothing is started or kept. */
import type { ResolvedInput } from '../../../lib/flow/inputs.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import type { InputBody, InputsBody } from '../../api/bodies.ts';
import { formOf } from '../form.ts';
import type { Starts } from '../live/starts.ts';
import { wholeOf } from './query.ts';
import type { Handlers } from './register.ts';

export function inputHandlers(starts: Starts) {
  return {
    validateInputs: async (asked) => {
      const { namespace = '', flowId: id = '' } = asked.params;
      const each = await starts.judge({
        name: { tenant: TENANT, namespace, id },
        revision: wholeOf(asked.query, 'revision', 1),
        given: (form) => formOf(asked.context.req, form),
      });
      asked.json({ id, namespace, inputs: each.map(inputBody), checks: [] } satisfies InputsBody);
    },
  } satisfies Partial<Handlers>;
}

export const inputBody = ({ input, value, enabled, isDefault, problems }: ResolvedInput): InputBody => ({
  input,
  ...(value === null ? {} : { value }),
  enabled,
  isDefault,
  ...(problems.length > 0 ? { errors: problems.map(({ kestra, message }) => ({ message: kestra ?? message })) } : {}),
});
