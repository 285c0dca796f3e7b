/** shell.Commands and shell.Script: one shell, one working directory, commands as written. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';
import { commands, outputs, script, shared } from './properties.ts';
import { runScript } from './run-script.ts';
import { renderAt, renderList } from './templates.ts';

export const shellCommands = defineTask({
  type: 'io.kestra.plugin.scripts.shell.Commands',
  title: 'Run shell commands',
  description: 'Runs `commands` in one shell. A line `::{"outputs":{"name":1}}::` gives `outputs.<task>.vars.name`.',
  properties: z.strictObject({ commands, ...shared }),
  outputs,
  examples: [
    {
      title: 'Make a file and keep it',
      code: 'id: write\ntype: io.kestra.plugin.scripts.shell.Commands\ntaskRunner:\n  type: io.kestra.plugin.core.runner.Process\noutputFiles:\n  - hello.txt\ncommands:\n  - echo "Hello" > hello.txt\n',
    },
  ],
  run: (context, given) => runScript(context, given, (place) => renderList(context, place, given.commands)),
});

export const shellScript = defineTask({
  type: 'io.kestra.plugin.scripts.shell.Script',
  title: 'Run a shell script',
  description: 'Runs `script` in a shell.',
  properties: z.strictObject({ script, ...shared }),
  outputs,
  examples: [
    {
      title: 'Count to three',
      code: 'id: count\ntype: io.kestra.plugin.scripts.shell.Script\nscript: |\n  for n in 1 2 3; do echo "$n"; done\n',
    },
  ],
  run: (context, given) => runScript(context, given, async (place) => [await renderAt(context, place, given.script)]),
});
