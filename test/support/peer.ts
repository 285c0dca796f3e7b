/** Servers on loopback that tasks talk to: well-behaved ones and others. Closed at the end of the test file. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createBareServer, type Server, type Socket } from 'node:net';
import { after } from 'node:test';
import { CERTIFICATE, KEY } from './certificate.ts';

export interface Peer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Connections that were opened so far, and those that are open. */
  readonly connections: { opened: number; open: number };
}

async function listening(server: Server, protocol: 'http' | 'https'): Promise<Peer> {
  const sockets = new Set<Socket>();
  const connections = { opened: 0, open: 0 };
  server.on('connection', (socket: Socket) => {
    connections.opened++;
    connections.open++;
    sockets.add(socket);
    socket.on('error', () => {}); // A client may go away at any moment.
    socket.once('close', () => {
      connections.open--;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `${protocol}://127.0.0.1:${port}`, connections };
}

export const aPeer = (listener: RequestListener): Promise<Peer> => listening(createServer(listener), 'http');

export const aSecurePeer = (listener: RequestListener): Promise<Peer> =>
  listening(createSecureServer({ key: KEY, cert: CERTIFICATE }, listener), 'https');

/** Speaks no HTTP unless told to. */
export const aBarePeer = (connected: (socket: Socket) => void): Promise<Peer> =>
  listening(createBareServer(connected), 'http');

/** A proxy that keeps what it was asked for, and leads everything to `target`. */
export async function aProxy(target: () => number): Promise<Peer & { readonly asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.end(`through the proxy to ${request.url}`);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(request);
    const way = connect(target(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      way.pipe(socket);
      socket.pipe(way);
    });
    for (const end of [way, socket]) end.on('error', () => {}); // Ends of a tunnel come apart.
  });
  return { ...(await listening(server, 'http')), asked };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString('utf8');
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
