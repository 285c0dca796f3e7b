/** A script that prints faster than its lines can be passed on waits for them: its log is whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './support/eventually.ts';
import { aFlow, NAMESPACE } from './support/flow-source.ts';
import { aStandalone } from './support/standalone.ts';

/** 32 MB, twice what a worker keeps. */
const LINES = 40_000;
const PAD = 800;

const house = aStandalone();

test('passing on every line of a script that prints twice what a worker keeps', async () => {
  const print = `awk 'BEGIN { pad = sprintf("%${PAD}s", ""); gsub(/ /, ".", pad); for (n = 0; n < ${LINES}; n++) print n " " pad }'`;
  const task = { id: 'print', type: 'io.kestra.plugin.scripts.shell.Commands', commands: [print] };
  await house.api.save(aFlow('loud', [task]));
  const { id } = await house.api.start(`${NAMESPACE}/loud?wait=true`);
  const numbers = async () => {
    const { text } = await house.api.ask('GET', `/logs/${id}/download?taskId=print`);
    return Array.from(text.matchAll(/ (\d+) \.{800}$/gm), ([, number]) => Number(number));
  };
  // The log follows the end.
  await eventually(async () => (await numbers()).length >= LINES, 60_000);
  assert.deepEqual(
    await numbers(),
    Array.from({ length: LINES }, (_, n) => n),
  );
});
