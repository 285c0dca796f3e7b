/**
 * ISO-8601 durations as `java.time.Duration` reads them: days, hours, minutes and seconds with their own signs; no
 * weeks, months or years. Answers undefined for any other text. What is below a millisecond is rounded away from zero, so
 * that no positive duration is none.
 */
const DURATION = /^([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?$/i;
const LENGTH_MAX = 64;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const MS_NANOS = 1_000_000;

export function durationMs(text: string): number | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const found = DURATION.exec(text);
  if (!found) return undefined;
  const [, sign, days, time, hours, minutes, seconds, fraction] = found;
  if (time?.length === 1 || (days ?? hours ?? minutes ?? seconds) === undefined) return undefined;
  const part = fraction
    ? Math.ceil(Number(fraction.padEnd(9, '0')) / MS_NANOS) * (seconds?.startsWith('-') ? -1 : 1)
    : 0;
  const whole =
    Number(days ?? 0) * DAY_MS +
    Number(hours ?? 0) * HOUR_MS +
    Number(minutes ?? 0) * MINUTE_MS +
    Number(seconds ?? 0) * SECOND_MS +
    part;
  if (!Number.isSafeInteger(whole)) return undefined;
  return sign === '-' ? 0 - whole : whole;
}
