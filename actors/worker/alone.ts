/**
 * The file that a process runs for one item alone: from its second delivery on a task may be what kills its worker, so it
 * must die without company. Same messages as a thread, over IPC; ends when its parent does.
 */
import module from 'node:module';
import type { Setup, ToRunner } from './channel.ts';
import type { Runner } from './runner.ts';

// As in a thread.
module.enableCompileCache();
const { openRunner } = await import('./open-runner.ts');

const send = (message: unknown): void => void process.send?.(message);
let runner: Promise<Runner> | undefined;

process.on('message', (message: { readonly kind: 'setup'; readonly setup: Setup } | ToRunner) => {
  if (message.kind === 'setup') {
    runner = openRunner(message.setup, { post: send, drain: () => {} });
    // It is killed when it is done: what it has compiled is written down before.
    void runner.then(() => module.flushCompileCache());
    return;
  }
  runner?.then((opened) => {
    opened.take(message);
    opened.go();
  });
});
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
