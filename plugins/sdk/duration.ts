/** ISO-8601 durations as properties of tasks hold them: days to seconds, without signs. */
import { z } from 'zod';

const DURATION = /^P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:[.,](\d{0,9}))?S)?)?$/i;

/** Undefined for any other text. */
export function durationMs(text: string): number | undefined {
  const [, days, hours, minutes, seconds, fraction = ''] = DURATION.exec(text) ?? [];
  if ((days ?? hours ?? minutes ?? seconds) === undefined) return undefined;
  const whole = ((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0);
  return whole * 1_000 + Math.ceil(Number(fraction.padEnd(9, '0')) / 1_000_000);
}

/** A property that is a duration; `durationMs` reads it. */
export const duration = (): z.ZodString =>
  z.string().refine((text) => durationMs(text) !== undefined, 'expected an ISO-8601 duration such as PT30S');
