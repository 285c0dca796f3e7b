/** Times and durations as people read them: 24 hours everywhere, so that lists, rows and log lines can be compared. */
import { useEffect, useState } from 'react';

/** `whole`: in seconds, for what is read in a sentence. */
export function spanText(ms: number, whole = false): string {
  if (whole && ms < 60_000) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A round time at an axis: no more digits than it needs. */
export function markText(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 1_000) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1_000];
  const parts = [hours && `${hours} h`, minutes && `${minutes} min`, seconds && `${seconds} s`];
  return parts.filter(Boolean).join(' ');
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const clockText = (iso: string): string => {
  const date = new Date(iso);
  return `${CLOCK.format(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

export const dateText = (iso: string): string => `${DATE.format(new Date(iso))}, ${CLOCK.format(new Date(iso))}`;

/** For a column: the day only where it is not today, the year only where it is not this one. */
export function shortDateText(iso: string, nowMs: number): string {
  const [date, now] = [new Date(iso), new Date(nowMs)];
  if (date.toDateString() === now.toDateString()) return CLOCK.format(date);
  if (date.getFullYear() === now.getFullYear()) return `${DAY.format(date)}, ${CLOCK.format(date)}`;
  return DATE.format(date);
}

/** Now, moving while `moving`. */
export function useNow(moving: boolean, everyMs = 100): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [moving, everyMs]);
  return now;
}
