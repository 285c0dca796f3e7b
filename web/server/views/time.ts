/** Times and durations as REST writes them. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** `PT1.5S`, `PT2M3S`, `PT1H`. */
export function isoDuration(ms: number): string {
  const seconds = (ms % 60_000) / 1_000;
  const minutes = Math.floor(ms / 60_000) % 60;
  const hours = Math.floor(ms / 3_600_000);
  const text = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return `PT${text || '0S'}`;
}
