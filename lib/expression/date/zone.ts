/** Time zones: a region of the tz database, or a fixed offset from UTC. */
import { nearest } from '../../nearest.ts';
import { ValueError } from '../error.ts';

/** `fixed`: the offset in seconds, if it is always the same. */
export type Zone = { readonly id: string; readonly fixed?: number };

export const UTC: Zone = { id: 'UTC', fixed: 0 };

const FIXED = /^(?:(UTC|GMT|UT)(?=$|[-+])|(?=[-+]))(?:([-+])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?)?$/;
const OFFSET = /GMT(?:([-+])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const ZONES_KEPT_MAX = 100;
/** The longest offset that there is, of 18 hours. */
const OFFSET_SECONDS_MAX = 64_800;
const MS = 1_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** `Europe/Paris`, `UTC`, `Z`, `+02:00`, `GMT+2`. @throws ValueError */
export function zoneOf(id: string): Zone {
  if (id === 'Z') return fixedZone('Z', 0);
  const fixed = FIXED.exec(id);
  if (fixed) {
    const [, name, sign, hours, minutes = '0', seconds = '0'] = fixed;
    const size = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
    if (size <= OFFSET_SECONDS_MAX)
      return fixedZone(
        name && size > 0 ? `${name}${offsetText(sign === '-' ? -size : size)}` : id,
        sign === '-' ? 0 - size : size,
      );
  }
  formatOf(id);
  return { id };
}

const fixedZone = (id: string, fixed: number): Zone => ({ id, fixed });
export const offsetZone = (seconds: number): Zone => fixedZone(seconds === 0 ? 'Z' : offsetText(seconds), seconds);

export function offsetAt({ id, fixed }: Zone, second: number): number {
  if (fixed !== undefined) return fixed;
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(formatOf(id).format(second * MS)) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}

/** `+02:00`; `+HH:MM:SS` where there are seconds. */
export function offsetText(offset: number): string {
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return (offset < 0 ? '-' : '+') + (size % 60 === 0 ? parts.slice(0, 2) : parts).join(':');
}

function formatOf(id: string): Intl.DateTimeFormat {
  const known = formats.get(id);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset' });
    if (formats.size >= ZONES_KEPT_MAX) formats.clear();
    formats.set(id, format);
    return format;
  } catch {
    const near = nearest(id, Intl.supportedValuesOf('timeZone'));
    throw new ValueError(
      `expected a time zone such as Europe/Paris, got \`${id}\``,
      'type',
      near && `did you mean \`${near}\`?`,
    );
  }
}
