/**
 * Ends processes that tasks have left behind, those too that have made themselves a session of their own: known by the working
 * directory that they were started in, or are in. Where the system has no /proc none are found.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of the task whose working directory `folder` is, or of all below it. */
export function endProcessesOf(folder: string): void {
  for (const pid of pids()) {
    if (pid === process.pid || !belongsTo(pid, folder)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile, which is what was wanted.
    }
  }
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function belongsTo(pid: number, folder: string): boolean {
  try {
    if (`${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`)) return true;
    const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}\0`;
    return ['/', '\0'].some((end) => environment.includes(`\0WORKING_DIR=${folder}${end}`));
  } catch {
    return false; // It has ended, or is another user's.
  }
}
