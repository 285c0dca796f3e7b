/** The management port of a server: `/health` (and /health/live, /health/ready), `/metrics`, `/prometheus`. Loopback by default. */
import { createServer, type Server } from 'node:http';
import { Fault, textOf } from './errors.ts';
import { collectProcessMetrics, registry } from './metrics.ts';
import type { Service } from './service.ts';

const PORTS_TRIED_MAX = 50;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on `port`, or on the next free one if `fixed` is false. Throws `port.taken`, `config.invalid`. */
export async function listenOn(server: Server, host: string, port: number, fixed: boolean): Promise<number> {
  for (let tried = port; tried < port + PORTS_TRIED_MAX; tried++) {
    if (await tryPort(server, host, tried)) return tried;
    if (fixed) throw new Fault('port.taken', `expected ${host}:${port} to be free, got another program on it`);
  }
  throw new Fault('port.taken', `expected a free port from ${port} to ${port + PORTS_TRIED_MAX - 1} on ${host}`);
}

function tryPort(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listens);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(unusable(host, port, error));
    };
    const listens = () => {
      server.off('error', failed);
      resolve(true);
    };
    server.once('error', failed);
    server.once('listening', listens);
    server.listen(port, host);
  });
}

const unusable = (host: string, port: number, error: unknown): Fault =>
  new Fault(
    'config.invalid',
    `expected an address of this machine and a port that may be listened on, got ${host}:${port} (${textOf(error)})`,
    { cause: error },
  );

export async function openHealthPort(options: {
  readonly services: readonly Service[];
  readonly host: string;
  readonly port: number;
  readonly fixed: boolean;
}): Promise<Listening> {
  collectProcessMetrics();
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?')[0]!;
    if (path === '/metrics' || path === '/prometheus') {
      response.setHeader('content-type', registry.contentType).end(await registry.metrics());
    } else if (path === '/health/live' || path === '/health/liveness') {
      response.setHeader('content-type', 'application/json').end('{"status":"UP"}');
    } else if (path === '/health' || path === '/health/ready' || path === '/health/readiness') {
      const states = options.services.map((service) => ({ name: service.name, ...service.health() }));
      const ok = states.every((state) => state.ok);
      response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: ok ? 'UP' : 'DOWN', services: states }));
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"expected /health or /metrics"}');
    }
  });
  const port = await listenOn(server, options.host, options.port, options.fixed);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
