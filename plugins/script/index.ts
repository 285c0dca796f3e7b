/** Scripts in processes of their own. */
import { definePlugin } from '@windhover/sdk';
import { nodeCommands, nodeScript } from './node.ts';
import { shellCommands, shellScript } from './shell.ts';

export default definePlugin({
  name: '@windhover/plugin-script',
  version: '0.1.0',
  title: 'Scripts',
  tasks: [shellCommands, shellScript, nodeCommands, nodeScript],
});
