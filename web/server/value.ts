/** What a value from outside may hold, so that it can be carried as JSON: levels up to a bound, numbers that are some. */
const LEVELS_MAX = 100;
/** Of one text. All inputs travel in a message of 256 KB: a longer one would be parsed, and judged, in vain. */
const TEXT_CHARS_MAX = 1024 * 1024;

/** *expected …, got …*, or undefined where nothing is wrong. Goes level by level: a deep value is no deep recursion. */
export function faultIn(value: unknown): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LEVELS_MAX) return `expected at most ${LEVELS_MAX} levels, got more`;
    if (level.some((each) => typeof each === 'number' && !Number.isFinite(each)))
      return 'expected numbers below 1.8e308, got one beyond';
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return undefined;
}

/** The same of the texts of a form, before anything is made of them. */
export function longIn(given: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(given))
    if (typeof value === 'string' && value.length > TEXT_CHARS_MAX)
      return `expected at most ${TEXT_CHARS_MAX} characters in ${name}, got ${value.length}: a FILE may be larger`;
  return undefined;
}
