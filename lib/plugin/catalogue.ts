/** Types by name: canonical names and aliases. A name that two types claim is refused. */
import { Fault } from '../errors.ts';
import type { Catalogue, TypeEntry } from '../model/catalogue.ts';

/** Throws `plugin.invalid`. */
export function catalogueOf(entries: readonly TypeEntry[]): Catalogue {
  const byName = new Map<string, TypeEntry>();
  for (const entry of entries)
    for (const name of new Set([entry.type, ...entry.aliases])) {
      const other = byName.get(name);
      if (other)
        throw new Fault('plugin.invalid', `expected each type once, got ${name} of ${entry.type} beside ${other.type}`);
      byName.set(name, entry);
    }
  const sorted = [...entries].sort((a, b) => (a.type < b.type ? -1 : 1));
  return { find: (type) => byName.get(type), entries: Object.freeze(sorted) };
}
