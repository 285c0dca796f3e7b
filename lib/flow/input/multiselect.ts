/** MULTISELECT: some of its values, as a list or as one in JSON. */
import { ITEM_TYPE_REF } from '../language.ts';
import { CHOICES, type Choices, choosing, meant, readChoices, unchosen } from './choices.ts';
import { castList, type Items, readItemType } from './items.ts';
import type { InputKind } from './kind.ts';

export const multiselect: InputKind<Choices & Items> = {
  ...choosing,
  javaClass: 'MultiselectInput',
  options: { ...CHOICES, options: { ...CHOICES.values, deprecated: true }, itemType: ITEM_TYPE_REF },
  read: (reader, { types }) => {
    const { problems } = reader;
    if (reader.has('options'))
      problems.warning(reader.at('options'), 'options is deprecated: values is its newer name');
    if (reader.has('options') && reader.has('values')) {
      const kestra = "you can't define both `values` and `options`";
      problems.error(reader.at('options'), 'expected values or options, got both', { kestra });
    }
    return { ...readChoices(reader, 'options'), itemType: readItemType(reader, types) ?? 'STRING' };
  },
  fallback: ({ autoSelectFirst, values }) =>
    autoSelectFirst && values?.[0] !== undefined ? [meant(values[0])] : undefined,
  cast: (value, { itemType }, item) => castList('MULTISELECT', value, itemType, item),
  limit: (value, options) => {
    for (const each of value as readonly unknown[]) {
      const refused = unchosen(each, options);
      if (refused) return refused;
    }
    return undefined;
  },
};
