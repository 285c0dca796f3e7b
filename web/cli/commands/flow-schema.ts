/** `windhover flow schema`: the JSON Schema of flows, of the plugins that are here, for editors: see docs/editors.md. */
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';

export function addFlowSchema(flow: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  flow
    .command('schema')
    .description('print the JSON Schema of flows, which editors complete and check by')
    .action(async () => {
      const { BUILT_IN, loadPlugins } = await import('../../../lib/plugin/load.ts');
      const { schemaOf } = await import('../../../lib/flow/schema.ts');
      const { catalogue } = await loadPlugins([...BUILT_IN, ...load().config.plugins]);
      const text = `${JSON.stringify(schemaOf(catalogue, 'flow'))}\n`;
      // A pipe takes its time: what ends the process waits for it.
      process.stdout.write(text, () => finish(0));
    });
}
