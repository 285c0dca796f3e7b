/** Every trigger there is. */
import type { TypeEntry } from '../model/catalogue.ts';
import { scheduleEntry } from './schedule.ts';

export const TRIGGERS: readonly TypeEntry[] = [scheduleEntry];
