/** ARRAY: a list, or a text in JSON that is one; each item is of `itemType`. */
import { ITEM_TYPE_REF } from '../language.ts';
import { castList, type Items, readItemType } from './items.ts';
import type { InputKind } from './kind.ts';

export const array: InputKind<Items> = {
  javaClass: 'ArrayInput',
  options: { itemType: ITEM_TYPE_REF },
  needs: ['itemType'],
  read: (reader, { types }) => {
    if (!reader.has('itemType')) reader.problems.missing(reader.at('itemType'), `one of ${types.join(', ')}`);
    return { itemType: readItemType(reader, types) ?? '' };
  },
  cast: (value, { itemType }, item) => castList('ARRAY', value, itemType, item),
};
