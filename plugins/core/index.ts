/** The tasks that every installation has. They come in by the door that all plugins use. */
import { definePlugin } from '@windhover/sdk';
import { fail } from './fail.ts';
import { log } from './log.ts';
import { outputValues } from './output-values.ts';
import { returns } from './return.ts';
import { sleep } from './sleep.ts';

export default definePlugin({
  name: '@windhover/plugin-core',
  version: '0.1.0',
  title: 'Core',
  tasks: [log, returns, sleep, fail, outputValues],
});
