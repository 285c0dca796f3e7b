/** Kestra's rule of what holds: what is empty, `false`, `0` or `-0` does not; anything else does, `False` too. */
const FALSE: ReadonlySet<string> = new Set(['', 'false', '0', '-0']);

export const holds = (rendered: unknown): boolean => !FALSE.has(String(rendered).trim());
