/** The table of errors and its page say the same, so that a link to an error always leads somewhere. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FAULTS, Fault, type FaultCode } from '../lib/errors.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const codes = Object.keys(FAULTS) as FaultCode[];
const row = /^\| `([a-z]+\.[a-zA-Z]+)` \| (\d{3}) \| (user|system) \| (yes|no) \| (.+?) \| (.+?) \|$/gm;

test('listing every error with its status, whose fault it is, and whether asking again helps', () => {
  const written = [...page.matchAll(row)].map(([, code, status, fault, retry, text]) => ({
    code,
    status: Number(status),
    fault,
    retry: retry === 'yes',
    text,
  }));
  const table = codes.map((code) => ({ code, ...FAULTS[code] }));
  assert.deepEqual(
    written,
    table.map(({ code, status, fault, retry, text }) => ({ code, status, fault, retry, text })),
  );
});

test('saying for every error what helps', () => {
  const short = [...page.matchAll(row)].filter(([, , , , , , help]) => help!.length < 15).map(([, code]) => code);
  assert.deepEqual(short, []);
});

test('carrying the text of the table in the message', () => {
  const fault = new Fault('flow.unknown', 'expected a flow, got company.team/helo');
  assert.deepEqual(
    [fault.message, fault.status, fault.retry],
    ['no such flow: expected a flow, got company.team/helo', 404, false],
  );
});
