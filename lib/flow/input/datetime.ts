/** DATETIME: a moment of UTC; another offset is turned into it. */
import { momentKind, parseInstant } from './moment.ts';

export const datetime = momentKind('DATETIME', 'DateTimeInput', {
  expected: 'a moment such as 2026-11-26T08:00:00Z',
  parse: parseInstant,
});
