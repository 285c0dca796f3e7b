/** Every function by its name. None of them reads the world: what they must know is asked (world.ts). */
import type { ExpressionFunction } from '../callable.ts';
import {
  dayOfMonth,
  dayOfWeek,
  hourOfDay,
  isDateAfter,
  isDateBefore,
  isDateBetween,
  isDayWeekInMonth,
  isLastWorkingDay,
  isPublicHoliday,
  isWeekend,
  monthOfYear,
} from './calendar.ts';
import { env, fetchContext, fileURI, tasksWithState } from './context.ts';
import { decrypt, encrypt } from './crypt.ts';
import { now } from './date.ts';
import { randomInt, randomPort } from './dice.ts';
import { id, ksuid, nanoId, uuid } from './id.ts';
import { fromIon, fromJson, yaml } from './notation.ts';
import { max, min, range } from './number.ts';
import { currentEachOutput, iterationOutput, loopOutputs } from './outputs.ts';
import { render, renderOnce } from './render.ts';
import { credential, errorLogs, fileExists, fileSize, http, isFileEmpty, kv, read, secret, subflow } from './store.ts';

export const FUNCTIONS: Readonly<Record<string, ExpressionFunction>> = {
  credential,
  currentEachOutput,
  dayOfMonth,
  dayOfWeek,
  decrypt,
  encrypt,
  env,
  errorLogs,
  fetchContext,
  fileExists,
  fileSize,
  fileURI,
  fromIon,
  fromJson,
  hourOfDay,
  http,
  id,
  isDateAfter,
  isDateBefore,
  isDateBetween,
  isDayWeekInMonth,
  isFileEmpty,
  isLastWorkingDay,
  isPublicHoliday,
  isWeekend,
  iterationOutput,
  json: fromJson,
  ksuid,
  kv,
  loopOutputs,
  max,
  min,
  monthOfYear,
  nanoId,
  now,
  printContext: fetchContext,
  randomInt,
  randomPort,
  range,
  read,
  render,
  renderOnce,
  secret,
  subflow,
  tasksWithState,
  uuid,
  yaml,
};
