/** Windhover as its users run it: one process per server over a Redis of its own, signed in by the token of the data folder. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../support/tree.ts';
import type { Stage } from './role.ts';

const SERVERS = ['executor', 'worker', 'scheduler', 'indexer', 'webserver'] as const;

export interface Product {
  readonly url: string;
  readonly token: string;
  readonly pids: Readonly<Record<string, number>>;
}

/** `only` starts standalone instead of five processes. */
export async function startProduct(
  stage: Stage,
  options: { readonly standalone?: boolean; readonly threads?: number; readonly workers?: number },
): Promise<Product> {
  const redis = options.standalone ? undefined : await stage.redis();
  const data = join(stage.folder, 'data');
  const environment = {
    PATH: process.env.PATH!,
    HOME: process.env.HOME ?? '/',
    WINDHOVER_DATA: data,
    WINDHOVER_LOG_FORMAT: 'json',
  };
  const pids: Record<string, number> = redis ? { redis: redis.pid } : {};
  let url = '';
  const server = async (name: string, as: string) => {
    const args = [join(ROOT, 'web/cli/bin.mjs'), 'server', name];
    if (name === 'worker' && options.threads) args.push('--threads', String(options.threads));
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...environment, ...(redis && { REDIS_URL: redis.socket }) },
    });
    stage.adopt(child, as);
    pids[as] = child.pid!;
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stderr! }).on('line', (line) => {
        url = /"web":"([^"]+)"/.exec(line)?.[1] ?? url;
        if (line.includes('"msg":"ready"')) resolve();
        if (/"level":(40|50|60)/.test(line)) process.stderr.write(`${as}: ${line}\n`);
      });
    });
  };
  if (options.standalone) await server('standalone', 'standalone');
  else {
    for (const name of SERVERS) await server(name, name);
    for (let n = 2; n <= (options.workers ?? 1); n++) await server('worker', `worker${n}`);
  }
  return { url, token: readFileSync(join(data, 'token'), 'utf8').trim(), pids };
}
