/** The one HTTP connector of tasks: where it goes, and how much it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { judge } from '../lib/task/http/address.ts';
import { HttpConnector } from '../lib/task/http/connector.ts';
import type { Reachable, Resolver } from '../lib/task/http/resolve.ts';
import type { HttpRequest, HttpResponse } from '../plugins/sdk/index.ts';
import { eventually } from './support/eventually.ts';
import { aBarePeer, aPeer, aProxy, aSecurePeer, bodyOf, json } from './support/peer.ts';

const KB = 1024;

function connector(reachable: Partial<Reachable> = {}) {
  const ending = new AbortController();
  const http = new HttpConnector({ allowPrivate: true, ...reachable }, ending.signal);
  const send = (url: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    http.send({ url, bytesMax: 64 * KB, ...more });
  const text = async (url: string, more: Partial<HttpRequest> = {}): Promise<string> =>
    Buffer.concat(await (await send(url, more)).body.toArray()).toString('utf8');
  return { http, send, text, end: () => ending.abort() };
}

const answering = (answers: Readonly<Record<string, readonly string[]>>, asked: string[] = []): Resolver => {
  return async (hostname) => {
    asked.push(hostname);
    return (answers[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
};

test('judging addresses, also those that carry another one', () => {
  const reach = {
    public: ['93.184.216.34', '8.8.8.8', '2606:4700::1111', '64:ff9b::808:808', '::ffff:8.8.8.8', '172.32.0.1'],
    private: ['127.0.0.1', '127.9.9.9', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '::1'],
    never: ['0.0.0.0', '169.254.169.254', '224.0.0.1', '255.255.255.255', '::', 'fe80::1', 'fe80::1%eth0', 'ff02::1'],
  };
  const carried = {
    private: ['::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::10.0.0.1', '2002:7f00:1::', 'fd12::1'],
    never: ['::ffff:169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '64:ff9b::a9fe:a9fe', '2001:0:1::1', 'x', ''],
  };
  for (const table of [reach, carried])
    for (const [expected, addresses] of Object.entries(table))
      for (const address of addresses) assert.equal(judge(address).reach, expected, address);
});

test('refusing loopback and private addresses in every spelling, and naming the setting that allows them', async () => {
  const { send } = connector({ allowPrivate: false, resolve: answering({ 'inside.test': ['10.1.2.3'] }) });
  const spellings = [
    '127.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f.1',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '10.1.2.3',
  ];
  for (const host of [...spellings, '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '[fd12::1]', 'inside.test', '192.168.0.1.'])
    await assert.rejects(
      send(`http://${host}:6379/`),
      /expected a public address, got .*WINDHOVER_HTTP_ALLOW_PRIVATE/,
      host,
    );
  await assert.rejects(send('http://inside.test/'), /got 10\.1\.2\.3 for inside\.test \(private\)/);
});

test('refusing what no setting allows', async () => {
  const { send } = connector();
  for (const host of ['169.254.169.254', '0.0.0.0', '0', '[fd00:ec2::254]', '[::]', '[::ffff:169.254.169.254]'])
    await assert.rejects(send(`http://${host}/`), /expected an address that tasks may reach, got/, host);
  await assert.rejects(send('file:///etc/passwd'), /expected http: or https:, got "file:"/);
  await assert.rejects(send('kestra:///a'), /expected http: or https:, got "kestra:"/);
  await assert.rejects(send('//user:secret@host'), /expected an address such as .*, got "\/\/…@host"/);
  await assert.rejects(send('http://a.test', { method: 'CONNECT' }), /expected a method such as GET or POST/);
  await assert.rejects(send('http://a.test', { method: 'GET /' }), /expected a method such as GET or POST/);
});

test('trying none of a name that has one address too many', async () => {
  const peer = await aPeer((_, response) => response.end('reached'));
  const { send } = connector({ resolve: answering({ 'two.test': ['127.0.0.1', '169.254.169.254'] }) });
  await assert.rejects(send(`http://two.test:${peer.port}/`), /got 169\.254\.169\.254 for two\.test/);
  assert.equal(peer.connections.opened, 0);
});

test('connecting to the address that was checked, and asking for a name once', async () => {
  const peer = await aPeer((request, response) => response.end(request.headers.host));
  const asked: string[] = [];
  const { text } = connector({ resolve: answering({ 'name.test': ['127.0.0.1'] }, asked) });
  assert.equal(await text(`http://name.test:${peer.port}/`), `name.test:${peer.port}`);
  assert.deepEqual(asked, ['name.test']);
});

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

test('following redirects, each place checked anew', async () => {
  const peer = await aPeer((request, response) => {
    const left = Number(request.url!.slice(1));
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` });
    response.end('arrived');
  });
  const asked: string[] = [];
  const resolve = answering({ 'a.test': ['127.0.0.1'], 'meta.test': ['169.254.169.254'] }, asked);
  const { send, text } = connector({ resolve });
  assert.equal(await text(`http://a.test:${peer.port}/5`), 'arrived');
  assert.equal(asked.length, 6);
  await assert.rejects(send(`${peer.url}/6`), /expected at most 5 redirects, got more from/);
  assert.equal((await send(`${peer.url}/3`, { followRedirects: false })).status, 302);
  const places = ['http://meta.test/latest', 'http://169.254.169.254/latest', 'file:///etc/passwd', 'http://[', '//0/'];
  const leading = await aPeer((request, response) => {
    response.writeHead(307, { location: places[Number(request.url!.slice(1))] });
    response.end();
  });
  const refusals = [
    /for meta\.test/,
    /got 169\.254\.169\.254/,
    /got "file:"/,
    /expected a redirect to an address/,
    /got 0\.0\.0\.0/,
  ];
  for (const [n, refusal] of refusals.entries()) await assert.rejects(send(`${leading.url}/${n}`), refusal);
});

test('keeping method and body where a redirect asks for it, and credentials at home', async () => {
  const seen: { method?: string; body: string; authorization?: string; cookie?: string; own?: string }[] = [];
  const target = await aPeer(async (request, response) => {
    const { authorization, cookie, 'x-own': own } = request.headers;
    seen.push({ method: request.method, body: await bodyOf(request), authorization, cookie, own: own as string });
    response.end();
  });
  const peer = await aPeer((request, response) => {
    request.resume();
    response.writeHead(Number(request.url!.slice(1)), { location: `http://other.test:${target.port}/` });
    response.end();
  });
  const { send } = connector({ resolve: answering({ 'other.test': ['127.0.0.1'] }) });
  const headers = { Authorization: 'Bearer t', Cookie: 'c=1', 'X-Own': 'yes', 'Content-Type': 'text/plain' };
  for (const status of [302, 303, 307, 308])
    await send(`${peer.url}/${status}`, { method: 'POST', headers, body: Buffer.from('content') });
  const got = { method: 'GET', body: '', authorization: undefined, cookie: undefined, own: 'yes' };
  const kept = { ...got, method: 'POST', body: 'content' };
  assert.deepEqual(seen, [got, got, kept, kept]);
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

test('going through a proxy, whose address is the one that is checked', async () => {
  const peer = await aSecurePeer((_, response) => response.end('behind it'));
  const proxy = await aProxy(() => peer.port);
  const asked: string[] = [];
  const resolve = answering({ 'proxy.test': ['127.0.0.1'] }, asked);
  const through = { proxy: { host: 'proxy.test', port: proxy.port, username: 'ada', password: 'p' } };
  const { send, text } = connector({ resolve });
  assert.equal(await text('http://far.test/a?b', through), 'through the proxy to http://far.test/a?b');
  assert.equal(await text('https://far.test/', { ...through, insecure: true }), 'behind it');
  assert.deepEqual(
    proxy.asked.map(({ method, url, headers }) => [method, url, headers['proxy-authorization']]),
    [
      ['GET', 'http://far.test/a?b', 'Basic YWRhOnA='],
      ['CONNECT', 'far.test:443', 'Basic YWRhOnA='],
    ],
  );
  assert.deepEqual(asked, ['proxy.test', 'proxy.test']);
  await assert.rejects(send('http://169.254.169.254/', through), /expected an address that tasks may reach/);
  const closed = connector({ resolve, allowPrivate: false });
  await assert.rejects(
    closed.send('http://far.test/', through),
    /expected a public address, got 127\.0\.0\.1 for proxy\.test/,
  );
});
