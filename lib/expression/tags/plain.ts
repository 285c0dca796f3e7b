/** Tags that change nothing here: nothing is escaped by itself, nothing is kept between renders, nothing runs beside it. */
import type { Tag } from '../node.ts';

const plain = (tag: string): Tag => ({ read: (reading) => reading.body(tag) });

export const autoescape = plain('autoescape');
export const cache = plain('cache');
export const parallel = plain('parallel');
export const flush: Tag = { read: () => [] };
