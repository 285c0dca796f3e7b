/** BOOL, and its older name BOOLEAN: true or false. Of texts, `true` is true in any case, and every other one false, as Java reads them. */
import { expectedType, type InputKind } from './kind.ts';

export const boolean = (javaClass: string): InputKind => ({
  javaClass,
  options: {},
  cast: (value) => {
    if (typeof value === 'boolean') return { value };
    if (typeof value === 'string' || typeof value === 'number')
      return { value: String(value).toLowerCase() === 'true' };
    return expectedType('BOOLEAN', 'true or false', value);
  },
});
