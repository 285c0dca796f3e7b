/**
 * A good Node: the present one, if it is new enough; else the plain binary from the npm registry, by a lockfile of its own
 * (web/cli/setup/node), into `.windhover/node`. npm scripts and children then stay on it.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brought, giveUp, root, run, say } from './say.mjs';

const NEEDED = [22, 18];

export function isGood(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The Node of `.windhover/node`, whether it is there or not. */
export const broughtNode = () =>
  join(brought, 'node', 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');

/** Returns when this process runs on a good Node; else runs the script again on one, and ends with its exit code. */
export async function onGoodNode(script) {
  if (isGood(process.version)) return;
  if (!existsSync(broughtNode())) bringNode();
  const node = broughtNode();
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const child = spawn(node, [fileURLToPath(script), ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0))),
  );
  process.exit();
}

function bringNode() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    giveUp(
      `expected Node ${NEEDED.join('.')} or newer, got ${process.version}. Install Node 24 (https://nodejs.org), then try again.`,
    );
  say(`Node ${process.version} is too old: bringing Node 24 from the npm registry into .windhover/node (190 MB, once)`);
  const folder = join(brought, 'node');
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(root, 'web', 'cli', 'setup', 'node', file), join(folder, file));
  if (!run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder }))
    giveUp('Node 24 could not be brought. Install Node 24 yourself (https://nodejs.org), then try again.');
}
