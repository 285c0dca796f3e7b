/**
 * `node test/faults/planted.ts [name …]`: that the run under faults can fail. Each patch of `planted/` takes a rule out of a copy
 * of the tree; its head names the rule, the invariants that keep it (any of them has to break) and the phases that show it. Three
 * seeds each; ends with 0 where all were caught. A tree that does not start, or gives no report, counts as missed.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/tree.ts';

export const PLANTED = join(ROOT, 'test/faults/planted');
const NEEDED = ['lib', 'actors', 'plugins', 'web', 'test/faults', 'test/simulation', 'test/support', 'package.json'];
const SEEDS = [1, 2, 3];
const RUN_MS = 600_000;
const run = promisify(execFile);

export interface Planted {
  readonly name: string;
  readonly without: string;
  readonly breaks: readonly string[];
  readonly phases: string;
}

export function plantedAll(): readonly Planted[] {
  return readdirSync(PLANTED).map((file) => {
    const text = readFileSync(join(PLANTED, file), 'utf8');
    const line = (key: string) => new RegExp(`^${key}: (.+)$`, 'm').exec(text)![1]!;
    return {
      name: file.replace(/\.patch$/, ''),
      without: line('Without'),
      breaks: line('Breaks').split(', '),
      phases: line('Phases'),
    };
  });
}

/** A copy of the tree with the bug in it. Throws where the patch does not fit any more. */
export async function planted(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-planted-'));
  const filter = (source: string) => !source.includes('node_modules');
  for (const path of NEEDED) cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  try {
    await run('git', ['apply', '--recount', join(PLANTED, `${name}.patch`)], { cwd: folder });
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The invariants that broke, as the report names them; undefined: there was none. */
async function brokenBy(folder: string, phases: string, seed: number): Promise<readonly string[] | undefined> {
  const args = ['test/faults/faults.ts', '--seed', String(seed), '--only', phases];
  const ended = run(process.execPath, args, { cwd: folder, timeout: RUN_MS, maxBuffer: 2 ** 26 });
  const report = await ended.then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout, // Red ends with 1.
  );
  if (!report.startsWith('# Faults')) return undefined;
  return Array.from(report.matchAll(/^\| (.+) \| \*\*broken/gm), ([, name]) => name!);
}

interface Catch {
  readonly seed: number;
  readonly broken: readonly string[];
}

async function catches({ name, breaks, phases }: Planted, say: (line: string) => void): Promise<Catch | undefined> {
  const folder = await planted(name);
  try {
    for (const seed of SEEDS) {
      const fromMs = performance.now();
      const broken = await brokenBy(folder, phases, seed);
      const seconds = Math.round((performance.now() - fromMs) / 1_000);
      say(`${name}, ${phases}, seed ${seed}, ${seconds} s: ${broken?.join(', ') ?? 'no report'}`);
      const named = broken?.filter((each) => breaks.includes(each)) ?? [];
      if (named.length > 0) return { seed, broken: named };
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const all = plantedAll().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  tell('| without | phases | | by |\n|---|---|---|---|');
  let caught = 0;
  for (const each of all) {
    const by = await catches(each, (line) => process.stderr.write(`${line}\n`));
    if (by) caught++;
    tell(
      `| ${each.without} | ${each.phases} | ${by ? `caught with seed ${by.seed}` : '**missed**'} | ${by?.broken.join(', ') ?? ''} |`,
    );
  }
  tell(`\n${caught} of ${all.length} caught`);
  process.exit(all.length > 0 && caught === all.length ? 0 : 1);
}
