/** The names that Kestra's own types had before 0.17: flows written then name them so. */
const NOW = 'io.kestra.plugin.core.';
const THEN = 'io.kestra.core.tasks.';

/** The old package of each of today's. */
const PACKAGES: Readonly<Record<string, string>> = {
  debug: 'debugs',
  execution: 'executions',
  flow: 'flows',
  log: 'log',
  output: 'outputs',
  storage: 'storages',
  templating: 'templating',
};

/** `io.kestra.plugin.core.debug.Return` was `io.kestra.core.tasks.debugs.Return`; other types have no older name. */
export function olderNames(type: string): readonly string[] {
  if (!type.startsWith(NOW)) return [];
  const [folder = '', name] = type.slice(NOW.length).split('.');
  const older = PACKAGES[folder];
  return older && name ? [`${THEN}${older}.${name}`] : [];
}
