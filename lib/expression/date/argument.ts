/** Arguments of date filters and functions: dates, zones, languages. */
import { optional, textOf } from '../filters/argument.ts';
import { isNumeric, isWhole, plain } from '../value/number.ts';
import type { World } from '../world.ts';
import { dateFrom } from './formats.ts';
import { type Moment, momentAt } from './moment.ts';
import { localeOf } from './names.ts';
import { type Zone, zoneOf } from './zone.ts';

export const zoneArgument = (value: unknown, world: World): Zone =>
  zoneOf(optional(value, textOf, 'timeZone') ?? world.timeZone ?? 'UTC');

export function localeArgument(value: unknown): string | undefined {
  const text = optional(value, textOf, 'locale');
  return text === undefined ? undefined : localeOf(text);
}

/** A text, or a whole number of seconds since 1970. */
export function dateArgument(value: unknown, zone: Zone, format?: string): Moment {
  if (isNumeric(value) && isWhole(value)) return momentAt(plain(value), 0, zone);
  return dateFrom(textOf(value, 'a date'), zone, { format });
}
