/**
 * So much of an execution's id that it tells one from the other, and that a search finds it: ids are searched by their beginning,
 * and the first seven characters are a time, which a family shares.
 */
const CHARS = 10;

export const shortId = (executionId: string): string => executionId.slice(0, CHARS);
