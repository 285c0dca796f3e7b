/** SELECT: one of its values. ENUM is its older name. */
import { CHOICES, type Choices, choosing, meant, readChoices, unchosen } from './choices.ts';
import { type InputKind, textOf } from './kind.ts';

export const select: InputKind<Choices> = {
  ...choosing,
  javaClass: 'SelectInput',
  options: CHOICES,
  read: (reader) => readChoices(reader),
  fallback: ({ autoSelectFirst, values }) =>
    autoSelectFirst && values?.[0] !== undefined ? meant(values[0]) : undefined,
  cast: (value) => ({ value: textOf(value) }),
  limit: unchosen,
};

export const enumeration: InputKind<Choices> = {
  ...select,
  javaClass: 'EnumInput',
  options: { values: CHOICES.values },
  read: (reader) => {
    reader.problems.warning(reader.at('type'), 'ENUM is deprecated: SELECT is its newer name');
    return readChoices(reader);
  },
};
