/** node.Commands and node.Script: the Node that PATH gives first, which is the server's own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';
import { commands, outputs, script, shared } from './properties.ts';
import { runScript } from './run-script.ts';
import { renderAt, renderList } from './templates.ts';

/** Begins with a dot, so that no pattern of outputFiles takes it. */
const FILE = '.windhover-script.js';

export const nodeCommands = defineTask({
  type: 'io.kestra.plugin.scripts.node.Commands',
  title: 'Run commands with Node.js',
  description: 'Runs `commands` in one shell that has `node` and `npm`.',
  properties: z.strictObject({ commands, ...shared }),
  outputs,
  examples: [
    {
      title: 'Run a file',
      code: 'id: run\ntype: io.kestra.plugin.scripts.node.Commands\ninputFiles:\n  main.js: console.log(1 + 1)\ncommands:\n  - node main.js\n',
    },
  ],
  run: (context, given) => runScript(context, given, (place) => renderList(context, place, given.commands)),
});

export const nodeScript = defineTask({
  type: 'io.kestra.plugin.scripts.node.Script',
  title: 'Run a script with Node.js',
  description: 'Runs `script`, CommonJS or an ECMAScript module, in a process of its own.',
  properties: z.strictObject({ script, ...shared }),
  outputs,
  examples: [
    {
      title: 'Give outputs',
      code: "id: sum\ntype: io.kestra.plugin.scripts.node.Script\nscript: |\n  console.log('::' + JSON.stringify({ outputs: { sum: 1 + 1 } }) + '::');\n",
    },
  ],
  run: (context, given) =>
    runScript(context, given, async (place) => {
      await writeFile(join(place.folder, FILE), await renderAt(context, place, given.script));
      return [`node ${FILE}`];
    }),
});
