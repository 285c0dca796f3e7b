/** TIME: a time of day. */
import { momentKind, parseTime } from './moment.ts';

export const time = momentKind('TIME', 'TimeInput', { expected: 'a time of day such as 08:30:00', parse: parseTime });
