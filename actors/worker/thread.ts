/**
 * The file that a worker's thread runs: opens plugins and storage, then runs what it is sent. Its environment is empty; what
 * user code prints goes to its task's log; a `process.exit` of user code ends this thread alone.
 */
import module from 'node:module';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { messageIn, type Setup, type ToRunner, textOf } from './channel.ts';

// Types are stripped once, and not anew by each thread: that was half of its start.
module.enableCompileCache();
const { openRunner } = await import('./open-runner.ts');

const port = parentPort!;
const setup = workerData as Setup;
const runner = await openRunner(setup, {
  post: (message) => port.postMessage(textOf(message)),
  drain: () => {
    for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port))
      runner.take(messageIn<ToRunner>(got.message));
  },
});
port.on('message', (text: string) => {
  runner.take(messageIn<ToRunner>(text));
  runner.go();
});
port.postMessage(textOf({ kind: 'ready' }));
module.flushCompileCache();
