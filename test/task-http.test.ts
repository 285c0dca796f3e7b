/** What the HTTP connector of tasks sends, and how much it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Resolver } from '../lib/task/http/resolve.ts';
import { answering, connector } from './support/connector.ts';
import { eventually } from './support/eventually.ts';
import { aBarePeer, aPeer, aSecurePeer, bodyOf, json } from './support/peer.ts';

const KB = 1024;

test('saying that a host is not known or does not answer, and no path', async () => {
  const { send } = connector({ resolve: answering({}) });
  await assert.rejects(send('http://nowhere.test/secret'), {
    message: 'expected a host with an address, got nowhere.test',
  });
  const peer = await aBarePeer((socket) => socket.destroy());
  await assert.rejects(send(`${peer.url}/secret?token=1`), {
    message: `expected an answer from ${peer.url}, got a broken connection`,
  });
  await assert.rejects(
    send('http://127.0.0.1:1/secret'),
    /^TaskError: expected an answer from http:\/\/127\.0\.0\.1:1, got a refused connection$/,
  );
});

test('sending a body from a stream, again where a redirect asks for it', async () => {
  const peer = await aPeer(async (request, response) => {
    const body = await bodyOf(request);
    if (request.url === '/first') return void response.writeHead(307, { location: '/second' }).end();
    json(response, { body, length: request.headers['content-length'] ?? null });
  });
  let opened = 0;
  const body = {
    bytes: 6,
    async *open() {
      opened++;
      yield Buffer.from('abc');
      yield Buffer.from('def');
    },
  };
  const { text } = connector();
  assert.equal(await text(`${peer.url}/second`, { method: 'PUT', body }), '{"body":"abcdef","length":"6"}');
  assert.equal(await text(`${peer.url}/first`, { method: 'PUT', body }), '{"body":"abcdef","length":"6"}');
  assert.equal(opened, 3);
});

test('sending and taking headers of any name, and refusing what is none', async () => {
  const peer = await aBarePeer((socket) =>
    socket.once('data', (asked: Buffer) => {
      const text = asked.toString();
      socket.end(`HTTP/1.1 200 OK\r\n__proto__: theirs\r\nconstructor: a\r\nconstructor: b\r\n\r\n${text}`);
    }),
  );
  const { send } = connector();
  const headers = Object.fromEntries([['__proto__', 'ours']]);
  const response = await send(peer.url, { headers });
  assert.match(Buffer.concat(await response.body.toArray()).toString(), /^__proto__: ours\r$/m);
  assert.deepEqual(Object.entries(response.headers), [
    ['__proto__', ['theirs']],
    ['constructor', ['a', 'b']],
  ]);
  await assert.rejects(send(peer.url, { headers: { 'a b': 'x' } }), /expected an answer from .*, got Header name/);
  await assert.rejects(send(peer.url, { headers: { a: 'x\r\nb: y' } }), /got Invalid character in header content/);
});

test('taking user and password out of the address', async () => {
  const peer = await aPeer((request, response) => response.end(request.headers.authorization));
  const { send } = connector();
  const response = await send(`http://ada:l%C3%B6ve@127.0.0.1:${peer.port}/a?b=1#c`);
  assert.equal(response.url, `${peer.url}/a?b=1`);
  const sent = Buffer.concat(await response.body.toArray())
    .toString()
    .split(' ')[1]!;
  assert.equal(Buffer.from(sent, 'base64').toString(), 'ada:löve');
});

test('asking for headers alone, whatever they say of a body', async () => {
  const peer = await aPeer((_, response) => {
    response.writeHead(200, { 'content-length': String(10 * KB * KB), 'content-encoding': 'gzip' });
    response.end();
  });
  const response = await connector().send(peer.url, { method: 'HEAD' });
  assert.deepEqual([response.status, response.headers['content-length']], [200, ['10485760']]);
  assert.deepEqual(await response.body.toArray(), []);
  await eventually(() => peer.connections.open === 0);
});

test('unpacking bodies, and stopping at the bound whatever they unpack to', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * KB * KB));
  const packed = gzipSync('small');
  const peer = await aPeer((request, response) => {
    response.writeHead(200, { 'content-encoding': request.url === '/odd' ? 'compress' : 'gzip' });
    response.end(request.url === '/bomb' ? bomb : request.url === '/cut' ? packed.subarray(0, 12) : packed);
  });
  const { send, text } = connector();
  const small = await send(`${peer.url}/small`);
  assert.equal(small.headers['content-encoding'], undefined);
  assert.equal(Buffer.concat(await small.body.toArray()).toString(), 'small');
  await assert.rejects(text(`${peer.url}/bomb`), /expected a body of at most 65536 bytes, got more from http/);
  await assert.rejects(text(`${peer.url}/cut`), /expected an answer from .*, got unexpected end of file/);
  await assert.rejects(send(`${peer.url}/odd`), /expected a body packed by one of gzip, deflate, br, got compress/);
  await eventually(() => peer.connections.open === 0);
});

test('reading no more than was agreed of a body that is long, endless or lies about itself', async () => {
  const peer = await aPeer((request, response) => {
    if (request.url === '/told') response.writeHead(200, { 'content-length': String(10 * KB ** 3) });
    if (request.url === '/short') response.writeHead(200, { 'content-length': '100' });
    if (request.url === '/short') return void response.write('abc', () => request.socket.destroy());
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16 * KB))) {}
    };
    response.on('drain', more);
    more();
  });
  const { send, text } = connector();
  await assert.rejects(send(`${peer.url}/told`), /expected a body of at most 65536 bytes, got 10737418240 from/);
  await assert.rejects(text(`${peer.url}/endless`), /expected a body of at most 65536 bytes, got more/);
  await assert.rejects(text(`${peer.url}/short`), /expected an answer from .*, got a broken connection/);
  await eventually(() => peer.connections.open === 0);
});

test('giving up on a server that is silent, drips, or never ends its headers', async () => {
  const peer = await aPeer((request, response) => {
    if (request.url === '/silent') return;
    if (request.url === '/huge') return void response.writeHead(200, { a: 'x'.repeat(1024 * KB) }).end();
    response.writeHead(200).write('begun');
    const timer = setInterval(() => response.write('.'), 5);
    response.once('close', () => clearInterval(timer));
  });
  const { send, text } = connector();
  await assert.rejects(send(`${peer.url}/silent`, { idleTimeoutMs: 50 }), /expected data within 50 ms, got none from/);
  await assert.rejects(text(`${peer.url}/drip`, { timeoutMs: 200 }), /expected the whole answer of .* within 200 ms/);
  await assert.rejects(send(`${peer.url}/huge`), /got headers of more than 64 KB/);
  const deaf = await aBarePeer((socket) => void socket.resume());
  await assert.rejects(
    send(`https://127.0.0.1:${deaf.port}`, { connectTimeoutMs: 50 }),
    /expected a connection to https:.* within 50 ms, got none/,
  );
  const resolve: Resolver = () => new Promise(() => {});
  await assert.rejects(
    connector({ resolve }).send('http://slow.test', { connectTimeoutMs: 50 }),
    /within 50 ms, got none/,
  );
  await eventually(() => peer.connections.open + deaf.connections.open === 0);
});

test('ending what is open with its task, or when the task is done', async () => {
  const peer = await aPeer((request, response) => {
    if (request.url === '/begun') response.writeHead(200).write('begun');
  });
  const killed = connector();
  const waiting = killed.send(`${peer.url}/silent`);
  await eventually(() => peer.connections.open === 1);
  killed.end();
  await assert.rejects(waiting);
  await eventually(() => peer.connections.open === 0);
  const done = connector();
  await done.send(`${peer.url}/begun`);
  assert.equal(peer.connections.open, 1);
  done.http.close();
  await eventually(() => peer.connections.open === 0);
});

test('believing certificates only if they are good, unless told to take any', async () => {
  const peer = await aSecurePeer((_, response) => response.end('secret'));
  const { send, text } = connector({ resolve: answering({ 'secure.test': ['127.0.0.1'] }) });
  const url = `https://secure.test:${peer.port}/`;
  await assert.rejects(send(url), /expected an answer from https:\/\/secure\.test:\d+, got self-signed certificate/);
  assert.equal(await text(url, { insecure: true }), 'secret');
});
