/** Reading where Redis is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, addressText } from '../lib/bus/redis/address.ts';

const sentinels = [
  { host: 'a', port: 26_379 },
  { host: 'b', port: 6_401 },
];

test('reading one server', () => {
  assert.deepEqual(addressOf('/run/redis.sock'), { kind: 'socket', path: '/run/redis.sock', access: {} });
  assert.deepEqual(addressOf('redis://me:p%40ss@example.org/3'), {
    kind: 'single',
    place: { host: 'example.org', port: 6_379 },
    access: { username: 'me', password: 'p@ss', db: 3 },
  });
  assert.deepEqual(addressOf('rediss://:pass@[::1]:7000?family=6'), {
    kind: 'single',
    place: { host: '::1', port: 7_000 },
    access: { password: 'pass', tls: {}, family: 6 },
  });
});

test('reading sentinels', () => {
  assert.deepEqual(addressOf('redis+sentinel://:pass@a,b:6401/main/2?sentinelPassword=other'), {
    kind: 'sentinel',
    sentinels,
    master: 'main',
    access: { password: 'pass', db: 2 },
    sentinelAccess: { password: 'other' },
  });
});

test('reading a cluster', () => {
  assert.deepEqual(addressOf('rediss+cluster://a:7000,b:7001'), {
    kind: 'cluster',
    nodes: [
      { host: 'a', port: 7_000 },
      { host: 'b', port: 7_001 },
    ],
    access: { tls: {} },
  });
});

test('saying where Redis is without what is secret', () => {
  const text = addressText(addressOf('redis+sentinel://me:secret@a,b:6401/main?sentinelPassword=secret'));
  assert.equal(text, 'main of the sentinels a:26379,b:6401');
});

for (const [url, said] of [
  ['http://a', /expected redis:\/\/…/],
  ['redis+sentinel://a:1,b:2', /expected the master's name behind the sentinels/],
  ['redis://a:1,b:2', /expected one host/],
  ['redis+cluster://a:1/2', /expected database 0/],
  ['redis://a/main', /expected the number of a database, got main/],
  ['redis://a:b:c', /expected host:port/],
] as const)
  test(`refusing ${url}`, () => assert.throws(() => addressOf(url), { code: 'config.invalid', message: said }));

test('refusing without telling a password', () => {
  assert.throws(
    () => addressOf('redis:///me:secret@'),
    (error: Error) => !error.message.includes('secret'),
  );
});
