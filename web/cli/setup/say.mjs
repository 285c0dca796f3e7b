/** How set-up talks, and runs other programs. Plain JavaScript that Node 18 runs: it is what starts first. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
/** What set-up brings stays in the clone, whatever folder holds the data. */
export const brought = join(root, '.windhover');

export const say = (text) => process.stderr.write(`windhover: ${text}\n`);

/** Ends the set-up: what is missing, and what a person can do about it. */
export function giveUp(text) {
  say(text);
  process.exit(1);
}

/** Runs a program to its end; its output is shown only when it fails. Returns whether it succeeded. */
export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { cwd: root, encoding: 'utf8', ...options });
  const ok = done.status === 0;
  if (!ok && !options.quiet)
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error ? `${done.error.message}\n` : ''}`);
  return ok;
}

/** The path of a program on PATH, or undefined. */
export function which(program) {
  const done = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  return done.status === 0 ? done.stdout.trim() : undefined;
}
