/** DURATION: as java.time.Duration reads it, kept as it prints it (`PT90S` is `PT1M30S`), between `min` and `max`. */
import { durationText } from '../language.ts';
import type { MapReader } from '../reader.ts';
import { expectedType, type InputKind, type Refusal } from './kind.ts';

const DURATION =
  /^([-+]?)P(?:([-+]?\d{1,15})D)?(T(?:([-+]?\d{1,15})H)?(?:([-+]?\d{1,15})M)?(?:([-+]?)(\d{1,15})(?:[.,](\d{0,9}))?S)?)?$/i;
const SECOND = 1_000_000_000n;
const EXPECTED = 'an ISO-8601 duration such as PT30S';

interface DurationOptions {
  readonly min?: string;
  readonly max?: string;
}

export const duration: InputKind<DurationOptions> = {
  javaClass: 'DurationInput',
  options: { min: durationText('The shortest'), max: durationText('The longest') },
  read: (reader) => ({ min: bound(reader, 'min'), max: bound(reader, 'max') }),
  cast: (value) => {
    const nanos = typeof value === 'string' ? nanosIn(value) : undefined;
    return nanos === undefined ? expectedType('DURATION', EXPECTED, value) : { value: printed(nanos) };
  },
  limit: (value, { min, max }) => {
    const nanos = nanosIn(String(value))!;
    if (min !== undefined && nanos < nanosIn(min)!) return beyond('at least', 'more', min, value);
    return max !== undefined && nanos > nanosIn(max)! ? beyond('at most', 'less', max, value) : undefined;
  },
};

/** Kestra begins this one with a capital. */
const beyond = (side: string, kestraSide: string, limit: string, value: unknown): Refusal => ({
  problem: `expected ${side} ${limit}, got ${value}`,
  kestra: `It must be ${kestraSide} than \`${limit}\``,
});

function bound(reader: MapReader, name: string): string | undefined {
  const text = reader.text(name);
  const nanos = text === undefined ? undefined : nanosIn(text);
  if (text !== undefined && nanos === undefined) reader.problems.expected(reader.at(name), EXPECTED, text);
  return nanos === undefined ? undefined : printed(nanos);
}

function nanosIn(text: string): bigint | undefined {
  const found = DURATION.exec(text);
  if (!found) return undefined;
  const [, sign, days, time, hours, minutes, secondsSign = '', seconds, fraction = ''] = found;
  if (time?.length === 1 || (days ?? hours ?? minutes ?? seconds) === undefined) return undefined;
  const part = BigInt(seconds ?? 0) * SECOND + BigInt(fraction.padEnd(9, '0'));
  const whole = BigInt(days ?? 0) * 86_400n + BigInt(hours ?? 0) * 3_600n + BigInt(minutes ?? 0) * 60n;
  const nanos = whole * SECOND + (secondsSign === '-' ? -part : part);
  return sign === '-' ? -nanos : nanos;
}

function printed(nanos: bigint): string {
  if (nanos === 0n) return 'PT0S';
  const [seconds, rest] = [nanos / SECOND, nanos % SECOND];
  const [hours, minutes, second] = [seconds / 3_600n, (seconds % 3_600n) / 60n, seconds % 60n];
  let text = 'PT';
  if (hours !== 0n) text += `${hours}H`;
  if (minutes !== 0n) text += `${minutes}M`;
  if (second === 0n && rest === 0n) return text;
  if (rest === 0n) return `${text}${second}S`;
  const digits = String(rest < 0n ? -rest : rest).padStart(9, '0');
  const signed = second === 0n && rest < 0n ? '-0' : String(second);
  return `${text}${signed}.${digits.replace(/0+$/, '')}S`;
}
