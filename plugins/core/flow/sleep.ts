/** flow.Sleep: waits. A kill or a timeout ends the waiting at once. */
import { defineTask, duration, durationMs, TaskError } from '@windhover/sdk';
import { z } from 'zod';

/** A longer timer would fire at once: long waits are slept in pieces. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const sleep = defineTask({
  type: 'io.kestra.plugin.core.flow.Sleep',
  title: 'Wait',
  description: 'Waits for `duration` and does nothing else.',
  properties: z.strictObject({
    duration: duration().describe('ISO-8601, such as PT30S'),
  }),
  examples: [
    { title: 'Wait for five seconds', code: 'id: wait\ntype: io.kestra.plugin.core.flow.Sleep\nduration: PT5S\n' },
  ],
  async run({ signal, log }, { duration }) {
    log.info(`Waiting for ${duration}`);
    for (let left = durationMs(duration)!; left > 0; left -= TIMER_MS_MAX)
      await wait(Math.min(left, TIMER_MS_MAX), signal);
    return undefined;
  },
});

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new TaskError('the sleep was ended'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
