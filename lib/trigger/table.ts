/** Every trigger there is. */
import type { TypeEntry } from '../model/catalogue.ts';

export const TRIGGERS: readonly TypeEntry[] = [];
