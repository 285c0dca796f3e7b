/** The file that a worker's answering thread runs. */
import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { AnswerSetup, ToAnswerer } from './answering.ts';

// As in a thread of tasks: it starts when a step asks, which then waits for it.
module.enableCompileCache();
const { openAnswering } = await import('./answering.ts');

const port = parentPort!;
const take = openAnswering(workerData as AnswerSetup, (message) => port.postMessage(message));
port.on('message', (message: ToAnswerer) => take(message));
module.flushCompileCache();
