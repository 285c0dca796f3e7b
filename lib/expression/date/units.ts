/** Adding to a moment in units of `java.time.temporal.ChronoUnit`. Days and longer keep the clock's time; shorter ones are exact. */
import { nearest } from '../../nearest.ts';
import { ValueError } from '../error.ts';
import { localOf, type Moment, momentAt, momentFrom, plusMonths, SECOND_NANOS } from './moment.ts';

const NANOS: Readonly<Record<string, bigint>> = {
  NANOS: 1n,
  MICROS: 1_000n,
  MILLIS: 1_000_000n,
  SECONDS: 1_000_000_000n,
  MINUTES: 60_000_000_000n,
  HOURS: 3_600_000_000_000n,
  HALF_DAYS: 43_200_000_000_000n,
};
const DAYS: Readonly<Record<string, number>> = { DAYS: 1, WEEKS: 7 };
const MONTHS: Readonly<Record<string, number>> = {
  MONTHS: 1,
  YEARS: 12,
  DECADES: 120,
  CENTURIES: 1_200,
  MILLENNIA: 12_000,
};
const UNITS = [...Object.keys(NANOS), ...Object.keys(DAYS), ...Object.keys(MONTHS)];
/** No date that a clock can show is further away. */
const AMOUNT_MAX = 10 ** 12;

/** @throws ValueError */
export function plus(moment: Moment, amount: number, unit: string): Moment {
  if (Math.abs(amount) > AMOUNT_MAX) throw new ValueError(`expected an amount of at most ${AMOUNT_MAX}, got ${amount}`);
  if (Object.hasOwn(NANOS, unit)) return plusNanos(moment, BigInt(amount) * NANOS[unit]!);
  const local = localOf(moment);
  if (Object.hasOwn(DAYS, unit)) return momentFrom({ ...local, day: local.day + amount * DAYS[unit]! }, moment.zone);
  if (Object.hasOwn(MONTHS, unit))
    return momentFrom({ ...local, day: plusMonths(local.day, amount * MONTHS[unit]!) }, moment.zone);
  const near = nearest(unit, UNITS);
  throw new ValueError(
    `expected one of ${UNITS.join(', ')} as unit, got \`${unit}\``,
    'type',
    near && `did you mean \`${near}\`?`,
  );
}

function plusNanos({ second, nano, zone }: Moment, nanos: bigint): Moment {
  const total = BigInt(second) * BigInt(SECOND_NANOS) + BigInt(nano) + nanos;
  const rest = ((total % BigInt(SECOND_NANOS)) + BigInt(SECOND_NANOS)) % BigInt(SECOND_NANOS);
  return momentAt(Number((total - rest) / BigInt(SECOND_NANOS)), Number(rest), zone);
}
