/** `windhover server <name>` and `windhover dev`: each loaded when it is asked for, so that a worker holds no web server. */
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { Fault } from '../../../lib/errors.ts';
import { nearest } from '../../../lib/nearest.ts';

type Main = (loaded: LoadedConfig) => Promise<number>;

const SERVERS: Readonly<Record<string, () => Promise<{ readonly main: Main }>>> = {
  executor: () => import('../../../actors/executor/main.ts'),
  worker: () => import('../../../actors/worker/main.ts'),
  scheduler: () => import('../../../actors/scheduler/main.ts'),
  indexer: () => import('../../../actors/indexer/main.ts'),
  webserver: () => import('../../server/main.ts'),
  redis: () => import('./redis.ts'),
};

/** `load` reads the configuration with what the command line says on top. */
export function addServerCommands(
  program: Command,
  load: (overrides: Readonly<Record<string, unknown>>) => LoadedConfig,
  finish: (code: number) => void,
): void {
  program
    .command('server <name>')
    .description(`run a server: ${Object.keys(SERVERS).join(', ')} or standalone (all in one process)`)
    .option('--threads <n>', 'worker: tasks at once')
    .option('--worker-group <key>', 'worker: the group whose tasks it takes')
    .option('--port <n>', 'webserver, standalone: where it listens')
    .option('--health-port <n>', 'where health and metrics are')
    .option('--example', 'standalone: run the example flow and show it')
    .option('--once', 'standalone: end after the example; the exit code is its result')
    .action(async (name: string, options: Record<string, unknown>) => {
      const { example, once, ...overrides } = options;
      if (name === 'standalone') {
        const { main } = await import('./standalone.ts');
        return finish(await main(load(overrides), { example: Boolean(example || once), once: Boolean(once) }));
      }
      const server = SERVERS[name];
      if (!server) throw unknownServer(name);
      finish(await (await server()).main(load(overrides)));
    });
  program
    .command('dev')
    .description("run the Procfile's processes, with restarts on change")
    .option('--port <n>', 'where the webserver listens')
    .action(async (overrides: Record<string, unknown>) => {
      const { main } = await import('./dev.ts');
      finish(await main(load(overrides)));
    });
}

function unknownServer(name: string): Fault {
  const known = [...Object.keys(SERVERS), 'standalone'];
  const hint = nearest(name, known);
  return new Fault(
    'config.invalid',
    `expected one of ${known.join(', ')}, got ${name}${hint ? ` (did you mean ${hint}?)` : ''}`,
  );
}
