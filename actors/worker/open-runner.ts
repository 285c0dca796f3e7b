/** Opens what a runner rests on, the same in a thread and in a process. */
import { loadPlugins } from '../../lib/plugin/load.ts';
import { openLocalStorage } from '../../lib/storage/local.ts';
import type { Ground } from '../../lib/task/given.ts';
import { type Setup, SHARED_BYTES } from './channel.ts';
import { JqThread } from './jq.ts';
import { Library } from './library.ts';
import { capturePrints } from './prints.ts';
import { Runner, type RunnerParts } from './runner.ts';
import { type Secrets, secretsOf } from './secrets.ts';

/** What all runs share, wherever they run. */
export const groundOf = (setup: Setup, secrets: Secrets): Ground => ({
  storage: openLocalStorage({ folder: setup.storageFolder }),
  folder: setup.folder,
  environment: setup.environment,
  http: { allowPrivate: setup.httpAllowPrivate },
  timeZone: setup.installation.timeZone,
  secret: (key) => secrets.named(key),
});

export async function openRunner(setup: Setup, channel: Pick<RunnerParts, 'post' | 'drain'>): Promise<Runner> {
  const secrets = secretsOf(setup);
  const plugins = await loadPlugins(setup.packages);
  const { installation } = setup;
  const jq = new JqThread();
  const prints = capturePrints((level, text) => runner.printed(level, text));
  const runner: Runner = new Runner({
    ...channel,
    flushPrints: prints.flush,
    library: new Library({ plugins, secrets, installation }),
    ground: { ...groundOf(setup, secrets), jq: (question) => jq.answer(question) },
    shared: new Int32Array(setup.shared ?? new SharedArrayBuffer(SHARED_BYTES)),
  });
  const broke = (error: unknown): void => {
    if (!runner.broke(error)) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  };
  process.on('exit', () => {
    jq.close();
    runner.last();
  });
  process.on('uncaughtException', broke);
  process.on('unhandledRejection', broke);
  return runner;
}
