/** The folder of this worker's working directories, and the home of its tasks' child processes. Sweeps what dead ones left. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface WorkFolder {
  readonly path: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Below `folder`: `home`, `tmp`, and one folder for each worker that lives, named by its process. */
export function workFolder(folder: string, workerId: string): WorkFolder {
  const path = join(folder, `${process.pid}-${workerId}`);
  return {
    path,
    open: async () => {
      for (const name of ['home', 'tmp']) await mkdir(join(folder, name), { recursive: true });
      await mkdir(path, { recursive: true });
      // Else a package.json above the data folder says whether a task's script is a module: in a clone of Windhover, yes.
      await writeFile(join(folder, 'package.json'), '{}\n');
      for (const name of await readdir(folder))
        if (isLeft(name)) await rm(join(folder, name), { recursive: true, force: true });
    },
    close: () => rm(path, { recursive: true, force: true }),
  };
}

function isLeft(name: string): boolean {
  const pid = /^(\d+)-/.exec(name)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // Someone else's process is alive, though it cannot be signalled.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
