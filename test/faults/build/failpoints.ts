/** The failpoints of one process: armed by messages of the harness, passed by the wrapped ports. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bite, Failpoint, Site } from './sites.ts';

export class Failpoints {
  readonly #bites: string;
  readonly #armed = new Map<Site, { readonly failpoint: Failpoint; left: number }>();

  /** `bites`: the file that each bite is written to. */
  constructor(bites: string) {
    this.#bites = bites;
  }

  arm(failpoint: Failpoint): void {
    this.#armed.set(failpoint.site, { failpoint, left: failpoint.times });
  }

  /** `executions`: whom it is about, where that is known. True where what follows must be left out, and taken as done. */
  async pass(site: Site, executions: readonly string[] = []): Promise<boolean> {
    const armed = this.#armed.get(site);
    if (!armed || armed.left === 0) return false;
    const { act, ms, about } = armed.failpoint;
    if (about !== undefined && !executions.includes(about)) return false;
    armed.left--;
    writeBite(this.#bites, { site, act, ms, pid: process.pid, atMs: Date.now() });
    if (act === 'kill') process.kill(process.pid, 'SIGKILL');
    else if (act === 'stop') process.kill(process.pid, 'SIGSTOP');
    else if (act === 'delay') await sleep(ms ?? 0);
    return act === 'lose';
  }
}

export const writeBite = (file: string, bite: Bite): void => appendFileSync(file, `${JSON.stringify(bite)}\n`);
