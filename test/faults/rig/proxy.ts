/** The proxy before Redis, as phases speak to it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProxyAnswer, ProxyOrder } from './proxy-process.ts';

const PROGRAM = fileURLToPath(new URL('./proxy-process.ts', import.meta.url));

export class RedisProxy {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  static async open(port: number, redisPort: number): Promise<RedisProxy> {
    const child = fork(PROGRAM, [String(port), String(redisPort)], { execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
    await once(child, 'message');
    return new RedisProxy(port, child);
  }

  /** How many connections it concerned. One order at a time. */
  async tell(order: ProxyOrder): Promise<number> {
    const answered = once(this.#child, 'message') as Promise<[ProxyAnswer]>;
    this.#child.send(order);
    return (await answered)[0].count;
  }

  async close(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
