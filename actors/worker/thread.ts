/**
 * The file that a worker's thread runs: opens plugins and storage, then runs what it is sent. Its environment is empty; what
 * user code prints goes to its task's log; a `process.exit` of user code ends this thread alone.
 */
import module from 'node:module';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type FromRunner, HEARD, messageIn, type Setup, type ToRunner, textOf } from './channel.ts';

// Types are stripped once, and not anew by each thread: that was half of its start.
module.enableCompileCache();
const { openRunner } = await import('./open-runner.ts');

/** Reports of lines that are on their way. */
const AHEAD_MAX = 4;
/** Redis may be away: then nobody makes room, and what runs goes on. */
const WAIT_MS = 5_000;

const port = parentPort!;
const setup = workerData as Setup;
const shared = new Int32Array(setup.shared!);
let reports = 0;

function post(message: FromRunner): void {
  port.postMessage(textOf(message));
  if (message.kind === 'report' && message.lines.length > 0) keepStep(++reports);
}

/** Whoever says more than can be passed on waits, and what it runs with it: a process that prints, at its pipe. */
function keepStep(said: number): void {
  for (let heard = Atomics.load(shared, HEARD); said - heard > AHEAD_MAX; heard = Atomics.load(shared, HEARD))
    if (Atomics.wait(shared, HEARD, heard, WAIT_MS) === 'timed-out') return;
}

const runner = await openRunner(setup, {
  post,
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
