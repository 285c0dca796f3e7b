/**
 * The file that a worker's thread runs: opens plugins and storage, then runs what it is sent. Its environment is empty; what
 * user code prints goes to its task's log; a `process.exit` of user code ends this thread alone.
 */
import module from 'node:module';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Setup, ToRunner } from './channel.ts';

// Types are stripped once, and not anew by each thread: that was half of its start.
module.enableCompileCache();
const { openRunner } = await import('./open-runner.ts');

const port = parentPort!;
const setup = workerData as Setup;
const runner = await openRunner(setup, {
  post: (message) => port.postMessage(message),
  drain: () => {
    for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port))
      runner.take(got.message as ToRunner);
  },
});
port.on('message', (message: ToRunner) => {
  runner.take(message);
  runner.go();
});
port.postMessage({ kind: 'ready' });
module.flushCompileCache();
