/** Filters of dates: `date`, `dateAdd`, and the timestamps. */
import type { Call, Filter } from '../callable.ts';
import { dateArgument, localeArgument, zoneArgument } from '../date/argument.ts';
import { dateText } from '../date/formats.ts';
import { type Moment, SECOND_NANOS } from '../date/moment.ts';
import { plus } from '../date/units.ts';
import { long, wholePart } from '../value/number.ts';
import { optional, textOf, wholeOf } from './argument.ts';
import { number } from './number.ts';

export const date: Filter = {
  parameters: ['format', 'timeZone', 'existingFormat', 'locale'],
  apply: (input, [format, timeZone, existing, locale], { world }) => {
    const zone = zoneArgument(timeZone, world);
    const moment = dateArgument(input, zone, optional(existing, textOf, 'existingFormat'));
    const wanted = optional(format, textOf, 'format') ?? 'iso';
    return dateText(moment, zone, { format: wanted, locale: localeArgument(locale) });
  },
};

export const dateAdd: Filter = {
  parameters: ['amount', 'unit', 'format', 'timeZone', 'existingFormat', 'locale'],
  required: 2,
  apply(input, [amount, unit, format, timeZone, existing, locale], call) {
    const zone = zoneArgument(timeZone, call.world);
    const moment = dateArgument(input, zone, optional(existing, textOf, 'existingFormat'));
    const count = typeof amount === 'string' ? number.apply(amount, ['LONG'], call) : amount;
    const later = plus(moment, wholeOf(count, 'amount'), textOf(unit, 'unit'));
    const wanted = optional(format, textOf, 'format') ?? 'iso';
    return dateText(later, zone, { format: wanted, locale: localeArgument(locale) });
  },
};

const stamp = (of: (moment: Moment) => bigint): Filter => ({
  parameters: ['timeZone', 'existingFormat'],
  apply(input, [timeZone, existing], { world }: Call) {
    const zone = zoneArgument(timeZone, world);
    return long(of(dateArgument(input, zone, optional(existing, textOf, 'existingFormat'))));
  },
});
const nanos = (second: number): bigint => wholePart(second) * BigInt(SECOND_NANOS);

export const timestamp = stamp(({ second }) => BigInt(second));
export const timestampMilli = stamp(
  ({ second, nano }) => BigInt(second) * 1_000n + BigInt(Math.floor(nano / 1_000_000)),
);
/** The seconds in nanoseconds, and then the microseconds: as Kestra has it, and flows rely on it. */
export const timestampMicro = stamp(({ second, nano }) => nanos(second) + BigInt(Math.floor(nano / 1_000)));
export const timestampNano = stamp(({ second, nano }) => nanos(second) + BigInt(nano));
