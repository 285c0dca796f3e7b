/** The page that everybody begins at: how it went lately, what lives now and why it waits, what failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reads, tabTo } from '../support/browser.ts';
import { isAccessible } from './axe.ts';
import { idIn, markLoad, type Place, state, title } from './place.ts';

const FAIL = 'io.kestra.plugin.core.execution.Fail';
const RETURN = 'io.kestra.plugin.core.debug.Return';
const PATIENT = `
id: tries-again
namespace: company.start
tasks:
  - id: flaky
    type: ${FAIL}
    errorMessage: the other side said 503
    retry: { type: constant, interval: PT1H, maxAttempts: 3 }
`;

export function beginning(place: () => Place): void {
  for (const colorScheme of ['light', 'dark'] as const)
    test(`showing how executions went, what waits and why, and what failed, ${colorScheme}`, async (t) => {
      const { api, open } = place();
      const namespace = `company.start.${colorScheme}`;
      await api.save(`id: good\nnamespace: ${namespace}\ntasks: [{ id: say, type: ${RETURN}, format: hi }]\n`);
      await api.save(`id: bad\nnamespace: ${namespace}\ntasks: [{ id: breaks, type: ${FAIL} }]\n`);
      await api.save(PATIENT.replace('company.start', namespace));
      const page = await open(t, `?namespace=${namespace}`, { colorScheme });
      await reads(page.locator('.empty').first(), /Nothing ran in the last 7 days.*There are 3 flows/s);
      await isAccessible(page);
      const wasLoadedOnce = await markLoad(page);
      await api.run(`${namespace}/good`);
      await api.run(`${namespace}/good`);
      const failed = await api.run(`${namespace}/bad`);
      const { id } = await api.start(`${namespace}/tries-again`);
      // All of it comes by itself.
      await reads(page.locator('.now .why'), /^flaky failed \(the other side said 503\).*attempt 2 follows/);
      await reads(page.locator('.legend'), /^2 succeeded.*1 run or wait.*1 failed/);
      const row = page.locator('.flows-lately tbody tr', { hasText: 'good' });
      await reads(row, /good.*2.*none/);
      assert.match(
        (await row.getByRole('img').getAttribute('aria-label'))!,
        /^Executions of good over time: 2 succeeded$/,
      );
      await page.getByText('As a table').click();
      await reads(page.locator('.over-time tbody tr').last(), /2100?1$/);
      await reads(page.locator('.now li', { hasText: 'bad' }).locator('.why'), /^breaks: /);
      await isAccessible(page);
      assert.ok(await wasLoadedOnce());
      const link = page.locator(`.now a[href$="${failed.id}"]`);
      await tabTo(page, link);
      await page.keyboard.press('Enter');
      await reads(state(page), 'FAILED');
      assert.equal(idIn(page), failed.id);
      await page.goBack();
      await page.locator('.legend').getByRole('link', { name: 'failed' }).click();
      await reads(page.locator('tbody tr'), /bad/);
      assert.equal(new URL(page.url()).searchParams.get('namespace'), namespace);
      await api.ask('DELETE', `/executions/${id}/kill`);
    });

  test('narrowing it to a span and a namespace, in an address that can be passed on', async (t) => {
    const page = await place().open(t, 'flows');
    await page.getByRole('link', { name: 'Start' }).click();
    await reads(title(page), 'Start');
    await page.getByLabel('Time', { exact: true }).selectOption('PT24H');
    await reads(page.locator('h2').nth(1), 'Failed in the last 24 hours');
    await page.locator('.namespaces').getByRole('link', { name: 'company.start.light' }).click();
    await page.waitForURL('**/ui/?since=PT24H&namespace=company.start.light');
    await page.reload();
    await reads(page.locator('.legend'), /^2 succeeded.*1 killed.*1 failed$/);
    assert.equal(await page.getByLabel('Namespace', { exact: true }).inputValue(), 'company.start.light');
  });
}
