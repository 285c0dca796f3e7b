/**
 * The version of a document: (epoch, number) of the commit that wrote it, as a fixed-width text, because the pair
 * exceeds 2^53. Texts compare as the pairs do, so repositories and readers keep the highest by comparing strings.
 */
export type Version = string;

const EPOCH_DIGITS = 15;
const NUMBER_DIGITS = 12;

export const NO_VERSION: Version = versionOf(0, 0);

export function versionOf(epoch: number, number: number): Version {
  return `${String(epoch).padStart(EPOCH_DIGITS, '0')}-${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

/** The same as a Redis stream id, `<epoch>-<number>`. */
export function streamIdOf(version: Version): string {
  const { epoch, number } = partsOf(version);
  return `${epoch}-${number}`;
}

export function fromStreamId(id: string): Version {
  const dash = id.indexOf('-');
  return versionOf(Number(id.slice(0, dash)), Number(id.slice(dash + 1)));
}

export function partsOf(version: Version): { readonly epoch: number; readonly number: number } {
  return { epoch: Number(version.slice(0, EPOCH_DIGITS)), number: Number(version.slice(EPOCH_DIGITS + 1)) };
}

/** Across two owners the numbers go on, so their difference counts commits; a feed that went back is one behind. */
export function commitsBehind(known: Version, newest: Version): number {
  if (newest <= known) return 0;
  return Math.max(1, partsOf(newest).number - partsOf(known).number);
}
