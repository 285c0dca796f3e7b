/** `now()`: the time that the world gives, as a text that date filters read. */
import type { ExpressionFunction } from '../callable.ts';
import { localeArgument, zoneArgument } from '../date/argument.ts';
import { dateText } from '../date/formats.ts';
import { momentAt } from '../date/moment.ts';
import { optional, textOf } from '../filters/argument.ts';
import { nowMs } from '../world.ts';

export const now: ExpressionFunction = {
  parameters: ['format', 'timeZone', 'existingFormat', 'locale'],
  call([format, timeZone, , locale], { world }) {
    const zone = zoneArgument(timeZone, world);
    const ms = nowMs(world);
    const moment = momentAt(Math.floor(ms / 1000), (((ms % 1000) + 1000) % 1000) * 1_000_000, zone);
    return dateText(moment, zone, {
      format: optional(format, textOf, 'format') ?? 'iso',
      locale: localeArgument(locale),
    });
  },
};
