/** What an operator sees and does: which servers live, messages that were given up. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Redis } from 'ioredis';
import { executionPartition } from '../../lib/model/partition.ts';
import { reads, tabTo } from '../support/browser.ts';
import { bury, LONG_AGO } from '../support/dead-letter.ts';
import { eventually } from '../support/eventually.ts';
import { isAccessible } from './axe.ts';
import { markLoad, type Place, title } from './place.ts';

const PARTITIONS = 8;

export function operating(place: () => Place): void {
  const redis = (t: TestContext) => {
    const client = new Redis(join(place().home.data, 'redis.sock'));
    t.after(() => client.disconnect());
    return client;
  };

  for (const colorScheme of ['light', 'dark'] as const)
    test(`showing who lives, what they own and that all is well, ${colorScheme}`, async (t) => {
      const page = await place().open(t, 'services', { colorScheme });
      await reads(page.locator('.fine'), /^All is well/);
      const rows = page.locator('.services tbody tr');
      await eventually(async () => (await rows.count()) === 5);
      await reads(rows.filter({ hasText: 'executor' }), /16 of 16 partitions/);
      await reads(rows.filter({ hasText: 'worker' }), /group default: 0 of \d+ threads busy.*nothing/);
      await page.getByRole('button', { name: 'Show all' }).click();
      const partitions = page.locator('.partitions tbody tr');
      assert.equal(await partitions.count(), 2 * PARTITIONS);
      await reads(partitions.first(), /^x:0executor at .*000$/);
      await isAccessible(page);
    });

  test('telling a viewer in the server’s words what they may not do', async (t) => {
    const { api, open, server } = place();
    const visitor = { username: 'visitor', password: 'battery-staple' };
    const headers = { 'content-type': 'application/json' };
    await api.ask('POST', '/users', { headers, body: JSON.stringify({ ...visitor, role: 'viewer' }) });
    await api.save('id: seen\nnamespace: company.ops\ntasks: [{ id: hold, type: io.kestra.plugin.core.flow.Pause }]');
    const page = await open(t, 'services/dead-letters', { signedIn: false, provoked: [401, 403] });
    await page.locator('[name=username]').fill(visitor.username);
    await page.locator('[name=password]').fill(visitor.password);
    await page.keyboard.press('Enter');
    await reads(page.locator('p.error'), 'expected the scope admin, got read: the user visitor may not do this');
    await page.goto(`${server.url}/ui/services/dead-letters/x1-2-3`);
    await reads(page.locator('p.error'), /^expected the scope admin/);
    await page.goto(`${server.url}/ui/flows/company.ops/seen`);
    await page.locator('.title').getByRole('button', { name: 'Run' }).click();
    await page.locator('.run button[type=submit]').click();
    await reads(
      page.locator('.run [role=alert]'),
      'expected the scope run, got read: the user visitor may not do this',
    );
    await isAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('banner').getByRole('link', { name: 'Executions' }).click();
    await reads(title(page), 'Executions');
  });

  test('reading a dead letter and sending it again, by the keyboard alone', async (t) => {
    const { api, open } = place();
    await api.save('id: held\nnamespace: company.ops\ntasks: [{ id: hold, type: io.kestra.plugin.core.flow.Pause }]');
    const { id } = await api.start('company.ops/held');
    await eventually(async () => (await api.execution(id)).state.current === 'PAUSED');
    const page = await open(t, 'services/dead-letters');
    await reads(page.locator('.empty'), /No message was given up.*put aside/s);
    await isAccessible(page);
    const message = { v: 1, kind: 'resume', executionId: id, atMs: LONG_AGO, incarnation: 0, principal: 'admin' };
    const wasLoadedOnce = await markLoad(page);
    const letter = await bury(redis(t), executionPartition(id, PARTITIONS), message);
    // It comes by itself.
    const link = page.getByRole('link', { name: 'resume an execution' });
    await link.waitFor();
    await isAccessible(page);
    await tabTo(page, link);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/services/dead-letters/${letter}`);
    await reads(page.locator('p.error'), 'a bug of then');
    await reads(page.locator('.code pre'), /"kind": "resume"/);
    await isAccessible(page);
    await tabTo(page, page.getByRole('button', { name: 'Send it again' }));
    await page.keyboard.press('Enter');
    await reads(page.locator('.empty'), /No message was given up/);
    assert.ok(await wasLoadedOnce());
    assert.equal((await api.ended(id)).state.current, 'SUCCESS');
    await page.goBack();
    await reads(title(page), 'Services');
  });

  test('discarding letters that are chosen, and hearing of them on the page of services', async (t) => {
    const client = redis(t);
    for (const n of [0, 1, 2])
      await bury(client, `x:${n}`, { v: 1, kind: 'continue', executionId: `nobody-${n}` }, `${LONG_AGO + n}-0`);
    const page = await place().open(t, 'services');
    await reads(page.locator('.waiting'), /^3 messages were given up/);
    await reads(page.locator('.partitions tbody'), /x:0.*x:1.*x:2/);
    await page.getByRole('link', { name: 'Look at them' }).click();
    const rows = page.locator('.letters tbody tr');
    await eventually(async () => (await rows.count()) === 3);
    await page.getByLabel('Choose all of this page').check();
    await rows.first().getByRole('checkbox').uncheck();
    await reads(page.locator('.bulk strong'), '2 letters');
    await isAccessible(page);
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await eventually(async () => (await rows.count()) === 1);
    await reads(rows, /execution nobody-2/);
    await rows.getByRole('link', { name: 'go on with' }).click();
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.locator('.empty').waitFor();
  });

  test('saying of a link to a letter that it is gone, and leading on', async (t) => {
    const page = await place().open(t, 'services/dead-letters/x1-1-0', { provoked: [404] });
    await reads(page.locator('.empty'), /not here/);
    await page.getByRole('link', { name: 'All dead letters' }).click();
    await page.waitForURL('**/services/dead-letters');
  });

  test('not taking a letter for gone while the server does not answer', async (t) => {
    const page = await place().open(t, 'services', { provoked: [503, 404] });
    await title(page).waitFor();
    await page.route('**/api/**/dead-letters/x1-1-0', (route) => route.fulfill({ status: 503, body: '' }));
    await page.goto(`${place().server.url}/ui/services/dead-letters/x1-1-0`);
    await reads(page.locator('p.error'), /does not answer/);
    await page.unrouteAll();
    await reads(page.locator('.empty'), /not here/);
  });
}
