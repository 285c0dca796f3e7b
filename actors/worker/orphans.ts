/**
 * Ends processes that tasks have left behind their worker: known by the working directory that they were started in, or are
 * in. Where the system has no /proc none are found.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of all tasks whose working directories stand below `folder`. */
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
    if (readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`)) return true;
    return `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(`\0WORKING_DIR=${folder}/`);
  } catch {
    return false; // It has ended, or is another user's.
  }
}
