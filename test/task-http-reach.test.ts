/** Where the HTTP connector of tasks goes, and where it does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../lib/task/http/address.ts';
import { answering, connector } from './support/connector.ts';
import { aPeer, aProxy, aSecurePeer, bodyOf } from './support/peer.ts';

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
