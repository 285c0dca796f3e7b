/** What is done to a connection beside speaking over it: counted, written in few system calls, given up when it is half-open. */
import { Cluster, type Redis } from 'ioredis';
import { gauge } from '../../metrics.ts';

/** Something was asked and nothing at all has come for so many looks: the connection is half-open, and opened anew. */
const SILENT_LOOKS = 6;
const LOOK_MS = 500;

const open = gauge('redis_connections', 'Connections to Redis that are open');

const known = new WeakSet<object>();

/** Counts the connection for as long as it is there; of a cluster all of them. */
export function counted<C extends Redis | Cluster>(client: C): C {
  if (known.has(client)) return client;
  known.add(client);
  if (client instanceof Cluster) {
    for (const node of client.nodes()) counted(node);
    client.on('+node', counted);
    return client;
  }
  let counts = client.status === 'connect' || client.status === 'ready';
  if (counts) open.inc();
  client.on('connect', () => {
    if (!counts) open.inc();
    counts = true;
  });
  client.on('close', () => {
    if (counts) open.dec();
    counts = false;
  });
  return client;
}

/** Looks are counted, and not time: while this process computes, it reads nothing either, and Redis is not to blame. */
export function watchSilence(client: Redis): NodeJS.Timeout {
  let [looks, bytes] = [0, 0];
  const look = () => {
    const { commandQueue, stream } = client;
    const read = stream?.bytesRead ?? 0;
    looks = commandQueue.length > 0 && read === bytes ? looks + 1 : 0;
    bytes = read;
    if (looks < SILENT_LOOKS) return;
    looks = 0;
    stream?.destroy();
  };
  return setInterval(look, LOOK_MS).unref();
}

/**
 * What is asked in one turn of the loop leaves in one write instead of one system call each. On a connection that waits for no
 * answer it leaves with the present tick: there is no load that a longer wait would ease.
 */
export function corkWrites(client: Redis): void {
  let corked = false;
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const socket = client.stream;
    if (!corked && socket?.writable) {
      corked = true;
      socket.cork();
      const leaveAt = client.commandQueue.length === 0 ? process.nextTick : setImmediate;
      leaveAt(() => {
        corked = false;
        socket.uncork();
      });
    }
    return send(command, stream);
  };
}
