/** Every flowable there is: one file each, one line here. */
import { ALLOW_FAILURE } from './allow-failure.ts';
import { DAG } from './dag.ts';
import { EACH_PARALLEL } from './each-parallel.ts';
import { EACH_SEQUENTIAL } from './each-sequential.ts';
import type { Flowable } from './flowable.ts';
import { FOR_EACH } from './for-each.ts';
import { IF } from './if.ts';
import { LOOP_UNTIL } from './loop-until.ts';
import { PARALLEL } from './parallel.ts';
import { PAUSE } from './pause.ts';
import { SEQUENTIAL } from './sequential.ts';
import { SUBFLOW } from './subflow.ts';
import { SWITCH } from './switch.ts';

export const FLOWABLES: readonly Flowable[] = [
  SEQUENTIAL,
  PARALLEL,
  DAG,
  IF,
  SWITCH,
  FOR_EACH,
  EACH_SEQUENTIAL,
  EACH_PARALLEL,
  LOOP_UNTIL,
  ALLOW_FAILURE,
  PAUSE,
  SUBFLOW,
];

const byType = new Map(FLOWABLES.map((flowable) => [flowable.type, flowable]));

/** By canonical type: a task whose type was parsed as flowable is in the table. */
export const flowableOf = (type: string): Flowable => byType.get(type)!;
