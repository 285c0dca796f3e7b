/**
 * What a partition keeps of a flow, under the hash that executions name: its source, and before it the plugin defaults of the
 * configuration that it was started with. So whoever parses it, now or after a restart with other defaults, gets the same flow.
 */
const MARK = '\u0001';

/** The mark is a character that no YAML may hold: a source is never taken for more than one. */
export function definitionOf(source: string, globals: readonly unknown[] = []): string {
  return globals.length === 0 ? source : `${MARK}${JSON.stringify(globals)}\n${source}`;
}

export function partsOf(definition: string): { readonly source: string; readonly globals: readonly unknown[] } {
  if (!definition.startsWith(MARK)) return { source: definition, globals: [] };
  const end = definition.indexOf('\n');
  return { source: definition.slice(end + 1), globals: JSON.parse(definition.slice(1, end)) as unknown[] };
}
