/** A webserver that leaves: who has asked is answered, who reads a stream is sent away, and nobody new comes in. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { Leaving } from '../web/server/leaving.ts';

const LONG_MS = 60_000;

test('answering what was asked before, and ending its connection', async (t) => {
  const { leaving, asked, came } = await aServer(t);
  const answer = asked();
  const response = await came();
  const left = leaving.end(LONG_MS);
  response.end('done');
  assert.deepEqual(await answer, { status: 200, connection: 'close', said: 'done' });
  await left;
});

test('answering what comes on a connection that was kept, once', async (t) => {
  const { leaving, asked, came } = await aServer(t);
  for (const [said, connection] of [
    ['before', 'keep-alive'],
    ['after', 'close'],
  ]) {
    if (said === 'after') leaving.begin();
    const answer = asked();
    (await came()).end(said);
    assert.deepEqual(await answer, { status: 200, connection, said });
  }
  await leaving.end(LONG_MS);
  await assert.rejects(asked(), { code: 'ECONNREFUSED' });
});

test('sending away who reads a stream', async (t) => {
  const { leaving, asked, came } = await aServer(t);
  const answer = asked();
  const response = await came();
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.write(': here\n\n');
  await Promise.all([leaving.end(LONG_MS), assert.rejects(answer)]);
});

test('leaving by the deadline whoever is not answered', async (t) => {
  const { leaving, asked, came } = await aServer(t);
  const answer = asked();
  await came();
  await Promise.all([leaving.end(50), assert.rejects(answer)]);
});

async function aServer(t: TestContext) {
  const waiting: ServerResponse[] = [];
  const server: Server = createServer((_, response) => {
    waiting.push(response);
    server.emit('came');
  });
  const leaving = new Leaving(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => {
    agent.destroy();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const asked = async () => {
    const [answer] = (await once(get({ port, host: '127.0.0.1', agent }), 'response')) as [IncomingMessage];
    return { status: answer.statusCode, connection: answer.headers.connection, said: await text(answer) };
  };
  const came = async () => {
    if (waiting.length === 0) await once(server, 'came');
    return waiting.shift()!;
  };
  return { leaving, asked, came };
}
