/** AllowFailure: one task after the other; what fails inside it, after its `errors`, is a warning to those around it. */
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';
import { IN_SEQUENCE } from './sequential.ts';

export const ALLOW_FAILURE: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.AllowFailure',
    title: 'Run tasks whose failure is a warning',
  }),
  ...IN_SEQUENCE,
  forgives: true,
};
