/** BOOL, and its older name BOOLEAN: true or false, also as texts. */
import { expectedType, type InputKind } from './kind.ts';

export const boolean = (javaClass: string): InputKind => ({
  javaClass,
  options: {},
  cast: (value) => {
    if (typeof value === 'boolean') return { value };
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    return text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : expectedType('BOOLEAN', 'true or false', value);
  },
});
