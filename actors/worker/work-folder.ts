/**
 * The folder of this worker's working directories, and the home of its tasks' child processes. Sweeps what dead ones left:
 * folders, and processes that nobody could end any more.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../../lib/service.ts';
import { endProcessesOf } from '../../lib/task/orphans.ts';

export interface WorkFolder {
  readonly path: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The workers of this process. */
const ours = new Set<string>();

/** Below `folder`: `home`, `tmp`, and one folder for each worker that lives, named by its machine and process. */
export function workFolder(folder: string, workerId: string): WorkFolder {
  const own = `${hostname()}-${process.pid}-${workerId}`;
  const path = join(folder, own);
  let forget = (): void => {};
  return {
    path,
    open: async () => {
      for (const name of ['home', 'tmp']) await mkdir(join(folder, name), { recursive: true });
      await mkdir(path, { recursive: true });
      // Else a package.json above the data folder says whether a task's script is a module: in a clone of Windhover, yes.
      await writeFile(join(folder, 'package.json'), '{}\n');
      // A second signal does not wait; its tasks must not go on without it.
      forget = atExit(() => endProcessesOf(path));
      ours.add(own);
      for (const name of await readdir(folder)) if (isLeft(name)) await sweep(join(folder, name));
    },
    close: async () => {
      forget();
      await sweep(path);
    },
  };
}

async function sweep(path: string): Promise<void> {
  endProcessesOf(path);
  await rm(path, { recursive: true, force: true });
}

/** The folder may be shared with other machines: of their processes nothing is known here. */
function isLeft(name: string): boolean {
  const [, host, pid] = /^(.+)-(\d+)-[^-]+$/.exec(name) ?? [];
  if (host !== hostname() || ours.has(name)) return false;
  // Ours, and yet not: it had the same number, as the first process of a container has at each start.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // Someone else's process is alive, though it cannot be signalled.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
