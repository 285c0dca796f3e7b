/** Times and durations as REST writes them. */
const MS_DIGITS = 3;
let known = { second: Number.NaN, text: '' };

/** As Date's toISOString, which is slow: of the times in an answer most fall into the same second. */
export function iso(ms: number): string {
  const second = Math.floor(ms / 1_000);
  if (second !== known.second)
    known = { second, text: new Date(second * 1_000).toISOString().slice(0, -MS_DIGITS - 1) };
  const rest = Math.floor(ms) - second * 1_000;
  return `${known.text}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}

/** `PT1.5S`, `PT2M3S`, `PT1H`. */
export function isoDuration(ms: number): string {
  const seconds = (ms % 60_000) / 1_000;
  const minutes = Math.floor(ms / 60_000) % 60;
  const hours = Math.floor(ms / 3_600_000);
  const text = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return `PT${text || '0S'}`;
}
