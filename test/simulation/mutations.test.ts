/** Each rule of the protocol, taken out of a copy of the tree, must turn the simulation red by the property that it keeps. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MUTATIONS, type Mutation } from './mutations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NEEDED = ['lib', 'actors/executor', 'plugins', 'test/simulation', 'package.json'];
const SIMULATION = 'test/simulation/simulation.test.ts';
const RUN_MS = 120_000;
/** The first that turns red ends the run. */
const SEEDS = 60;

for (const mutation of MUTATIONS)
  test(`breaking "${mutation.breaks}" without ${mutation.rule}`, async () => {
    const folder = mutated(mutation);
    try {
      const { ok, text } = await simulate(folder, mutation.world);
      assert.equal(ok, false, `the simulation stays green without ${mutation.rule}`);
      assert.match(
        text,
        /✔ running a quiet world to its end/,
        `the tree must run without ${mutation.rule}:\n${text.slice(0, 2_000)}`,
      );
      assert.match(text, new RegExp(`'${mutation.breaks}: `), text.slice(0, 4_000));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

function mutated({ edits }: Mutation): string {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-mutation-'));
  for (const path of NEEDED)
    cpSync(join(ROOT, path), join(folder, path), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, from, to } of edits) {
    const text = readFileSync(join(folder, file), 'utf8');
    assert.ok(text.includes(from), `${file} holds no such line any more: ${from}`);
    writeFileSync(join(folder, file), text.replace(from, to));
  }
  return folder;
}

async function simulate(folder: string, world: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  const env = {
    ...process.env,
    SIMULATION_WORLD: world,
    SIMULATION_SEEDS: String(SEEDS),
    NODE_TEST_CONTEXT: undefined,
  };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=spec', SIMULATION], {
      cwd: folder,
      env,
      timeout: RUN_MS,
      maxBuffer: 2 ** 26,
    });
    return { ok: true, text: stdout };
  } catch (error) {
    return { ok: false, text: String((error as { stdout?: string }).stdout) };
  }
}
