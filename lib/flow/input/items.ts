/** What ARRAY and MULTISELECT share: a list whose items are of one type. */
import type { MapReader } from '../reader.ts';
import { type Cast, expectedType, isRefusal, textOf } from './kind.ts';

/** A list of lists, or of what must be chosen, has no type of input. */
const NO_ITEMS: ReadonlySet<string> = new Set(['ARRAY', 'ENUM', 'MULTISELECT', 'SECRET', 'SELECT']);

export interface Items {
  /** Absent on a typed output: items stay what they are. */
  readonly itemType?: string;
}

export const itemTypes = (types: readonly string[]): readonly string[] => types.filter((type) => !NO_ITEMS.has(type));

export function readItemType(reader: MapReader, types: readonly string[]): string | undefined {
  const itemType = reader.text('itemType');
  if (itemType === undefined) return undefined;
  const fitting = itemTypes(types);
  if (fitting.includes(itemType)) return itemType;
  const id = reader.get('id') ?? reader.get('name');
  const kestra = NO_ITEMS.has(itemType) ? `${id}: \`itemType\` cannot be \`${itemType}\`` : `Invalid type: ${itemType}`;
  reader.problems.expected(reader.at('itemType'), `one of ${fitting.join(', ')}`, itemType, kestra);
  return undefined;
}

export function castList(
  type: string,
  value: unknown,
  itemType: string | undefined,
  item: (type: string, value: unknown) => Cast,
): Cast {
  const list = typeof value === 'string' ? parsed(value) : value;
  if (!Array.isArray(list)) return expectedType(type, 'a list, or one as JSON', value);
  if (!itemType) return { value: list };
  const items: unknown[] = [];
  for (const [n, each] of list.entries()) {
    const cast = item(itemType, each);
    if (isRefusal(cast))
      return {
        problem: `item ${n}: ${cast.problem}`,
        kestra: `Unable to parse array element as \`${itemType}\` on \`${textOf(each)}\``,
      };
    items.push(cast.value);
  }
  return { value: items };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // It is no list: the refusal says so.
  }
}
