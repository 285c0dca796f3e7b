/** A plugin that is not ours, whose tasks use what surrounds them. */
import { z } from 'zod';
import { definePlugin, defineTask } from '../../plugins/sdk/index.ts';

const nothing = z.strictObject({});

const change = defineTask({
  type: 'test.Change',
  title: 'Changes its execution',
  properties: nothing,
  run: ({ update }) => {
    update({ labels: { a: 'b' } });
    update({ exit: 'WARNING' });
    return undefined;
  },
});

const huge = defineTask({
  type: 'test.Huge',
  title: 'Gives 300 MB',
  properties: nothing,
  run: () => ({ rows: Array.from({ length: 300 }, (_, n) => String(n).padEnd(1_000_000, 'x')) }),
});

const foreign = defineTask({
  type: 'test.Foreign',
  title: 'Says whether it could ask the server',
  properties: nothing,
  run: ({ server }) => ({ server: typeof server }),
});

export default definePlugin({ name: 'capable', version: '1.0.0', title: 'For tests', tasks: [change, huge, foreign] });
