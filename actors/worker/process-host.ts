/** A process that runs one job alone: if the job kills it, it kills nothing else. */
import { fork } from 'node:child_process';
import type { Log } from '../../lib/log.ts';
import { Batches } from './batch.ts';
import { CHANNEL_FORMAT, type FromRunner, type Setup } from './channel.ts';
import type { Host, HostEvents } from './host.ts';
import { tell } from './thread-host.ts';

export function startProcess(setup: Setup, events: HostEvents, log: Log): Host {
  const child = fork(new URL('./alone.ts', import.meta.url), [], {
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout!, child.stderr!]) tell(stream, log);
  let [ready, serial, ending, over] = [false, 0, false, false];
  const gone = (why: string): void => {
    if (over) return;
    over = true;
    events.gone(serial, why);
  };
  child.on('message', (message) => {
    const said = message as FromRunner;
    if (said.kind === 'ready') ready = true;
    else events.said(said);
  });
  child.on('error', (error) => gone(error.message));
  // What it said last has been read when the channel is closed, and that may be after its exit.
  const closed = new Promise<void>((resolve) => child.once('disconnect', resolve));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once(
    'exit',
    (code, signal) => void closed.then(() => gone(signal ? `ended by ${signal}` : `exit code ${code}`)),
  );
  const send = (message: object): void => {
    if (child.connected) child.send(message, () => {}); // A process that is gone says so by its exit.
  };
  send({ kind: 'setup', setup });
  return {
    get ready() {
      return ready;
    },
    send: (jobs) => {
      // What comes when it has done its work is not its own: `gone` hands it to the next one.
      if (ending) return;
      serial = jobs[0]!.serial;
      send(new Batches().of(jobs));
    },
    abort: (job, cause) => send({ kind: 'abort', v: CHANNEL_FORMAT, serial: job.serial, cause }),
    answer: send,
    runs: (job) => job.serial === serial,
    end: async () => {
      if (over) return;
      ending = true;
      child.kill('SIGKILL');
      await exited;
    },
  };
}
