/**
 * Cron expressions as Kestra reads them: five fields, or six with seconds first, or a nickname; when they tick next and when
 * they ticked last, in a timezone. A time that the clocks skip in spring is no tick; the hour that comes twice in autumn
 * ticks twice for steps and wildcards, once for a fixed time. `test/golden/cron.json` holds what is expected. Pure.
 */
import { Cron } from 'croner';

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
/** croner knows more than Kestra: last days, nearest weekdays, the nth of a month. */
const REFUSED = /[LW#?]/i;
const NAMES = /\b(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)\b/gi;
const CHARS = /^[\d*,/\s-]*$/;
const CRON_CHARS_MAX = 500;
const KNOWN_MAX = 2_000;
/** How often a result that is none is passed over before we say: never. */
const PASSED_MAX = 1_000;
/** How far back to look for the last tick: first a little, for expressions that tick each second. */
const BACK_MS = [
  60_000,
  3_600_000,
  86_400_000,
  8 * 86_400_000,
  70 * 86_400_000,
  800 * 86_400_000,
  41 * 366 * 86_400_000,
];

const known = new Map<string, Cron>();

/** The first tick after `afterMs`; undefined where there is none. Throws where `cronProblem` gives a sentence. */
export function nextTick(cron: string, timezone: string, afterMs: number): number | undefined {
  const job = jobOf(cron, timezone);
  let at: Date | null = new Date(afterMs);
  for (let passed = 0; passed < PASSED_MAX; passed++) {
    at = job.nextRun(at);
    if (at === null) return undefined;
    if (job.match(at)) return at.getTime();
  }
  return undefined;
}

/** The last tick at or before `untilMs`. */
export function lastTick(cron: string, timezone: string, untilMs: number): number | undefined {
  for (const back of BACK_MS) {
    let last: number | undefined;
    let at = nextTick(cron, timezone, untilMs - back);
    while (at !== undefined && at <= untilMs) {
      last = at;
      at = nextTick(cron, timezone, at);
    }
    if (last !== undefined) return last;
  }
  return undefined;
}

/** Why it cannot be read, in a sentence; undefined where it can. `fields` is how many it must have. */
export function cronProblem(cron: string, fields: 5 | 6): string | undefined {
  if (!Object.hasOwn(NICKNAMES, cron.trim())) {
    const given = cron.trim().split(/\s+/).length;
    if (given !== fields) return `Cron expression contains ${given} parts but we expect one of [${fields}]`;
  }
  try {
    jobOf(cron, 'UTC');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function timezoneKnown(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

function jobOf(cron: string, timezone: string): Cron {
  const key = `${timezone} ${cron}`;
  let job = known.get(key);
  if (!job) {
    job = new Cron(patternOf(cron), { timezone, sloppyRanges: true, mode: '5-or-6-parts', paused: true });
    if (known.size >= KNOWN_MAX) known.delete(known.keys().next().value!);
    known.set(key, job);
  }
  return job;
}

function patternOf(cron: string): string {
  const written = cron.trim();
  if (Object.hasOwn(NICKNAMES, written)) return NICKNAMES[written]!;
  const bare = written.replace(NAMES, '0');
  const refused = REFUSED.exec(bare) ?? (CHARS.test(bare) ? null : /[^\d*,/\s-]/.exec(bare));
  if (refused) throw new TypeError(`Invalid chars in expression! Expression: ${written} Invalid chars: ${refused[0]}`);
  if (written.length > CRON_CHARS_MAX) throw new TypeError(`expected at most ${CRON_CHARS_MAX} characters`);
  return written;
}
