/** DATE: a day of the calendar. */
import { momentKind, parseDate } from './moment.ts';

export const date = momentKind('DATE', 'DateInput', { expected: 'a day such as 2026-11-26', parse: parseDate });
