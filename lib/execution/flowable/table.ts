/** Every flowable there is: one file each, one line here. */
import type { Flowable } from './flowable.ts';
import { FOR_EACH } from './for-each.ts';
import { PARALLEL } from './parallel.ts';
import { SEQUENTIAL } from './sequential.ts';

export const FLOWABLES: readonly Flowable[] = [SEQUENTIAL, PARALLEL, FOR_EACH];

const byType = new Map(FLOWABLES.map((flowable) => [flowable.type, flowable]));

/** By canonical type: a task whose type was parsed as flowable is in the table. */
export const flowableOf = (type: string): Flowable => byType.get(type)!;
