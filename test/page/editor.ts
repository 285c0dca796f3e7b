/** Writing flows: what the editor offers and documents, what others save meanwhile, revisions beside each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { reads } from '../support/browser.ts';
import { isAccessible } from './axe.ts';
import type { Place } from './place.ts';

const LOG = 'io.kestra.plugin.core.log.Log';

export function writingFlows(place: () => Place): void {
  test('offering what may be written, and documenting it beside the cursor', async (t) => {
    const page = await place().open(t, 'flows/new');
    const editor = page.locator('.cm-content');
    await editor.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('  - id: more\n    type: ');
    await page.keyboard.type('Return');
    const offered = page.locator('.cm-tooltip-autocomplete li[aria-selected]');
    await reads(offered, 'io.kestra.plugin.core.debug.Return');
    await accept(page);
    await reads(page.locator('.side h2'), 'Return');
    await reads(page.locator('.side .properties'), /format/);
    await page.keyboard.insertText('\n    ');
    await page.keyboard.type('form');
    await reads(offered, /^format/);
    await page.waitForTimeout(200);
    await page.keyboard.press('Tab');
    await page.keyboard.insertText('"{{ ');
    await page.keyboard.type('inputs.n');
    await reads(offered, 'name');
    await accept(page);
    await page.keyboard.insertText(' }}"');
    await reads(page.locator('.fine'), /Nothing is wrong/);
    await page.getByRole('button', { name: 'Graph' }).click();
    await page.locator('.thing', { hasText: 'more' }).waitFor();
    await isAccessible(page);
  });

  test('comparing revisions, and making an older one the newest again', async (t) => {
    const { api, open } = place();
    const source = (text: string) =>
      `id: revised\nnamespace: company.team\ntasks: [{ id: say, type: ${LOG}, message: ${text} }]\n`;
    for (const text of ['first', 'second']) await api.save(source(text));
    const page = await open(t, 'flows/company.team/revised/revisions');
    await reads(page.locator('.cm-merge-a .cm-changedLine'), /first/);
    await reads(page.locator('.cm-merge-b .cm-changedLine'), /second/);
    await isAccessible(page);
    await page.getByRole('button', { name: 'Make 1 the newest again…' }).click();
    await page.getByRole('button', { name: 'Save it' }).click();
    await reads(page.locator('.title'), /revision 3/);
  });

  test('taking over what others save, but never over what is being written', async (t) => {
    const { api, open } = place();
    const source = (text: string) =>
      `id: shared\nnamespace: company.team\ntasks: [{ id: say, type: ${LOG}, message: ${text} }]\n`;
    await api.save(source('mine'));
    const page = await open(t, 'flows/company.team/shared/edit');
    await reads(page.locator('.cm-content'), /mine/);
    await api.save(source('theirs'));
    await reads(page.locator('.cm-content'), /theirs/);
    await reads(page.locator('.tools [role=status]'), 'Saved as revision 2');
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('# written here');
    await api.save(source('theirs again'));
    await reads(page.locator('.waiting'), /Somebody has saved revision 3 meanwhile/);
    await reads(page.locator('.cm-content'), /theirs }\].*written here/s);
    await page.keyboard.press('Control+s');
    await reads(page.locator('.tools [role=status]'), 'Saved as revision 4');
    assert.equal(await page.locator('.flow-editor .waiting').count(), 0);
  });
}

/** An Enter that comes as soon as the list opens may be meant for the text: the editor takes it so. */
async function accept(page: Page): Promise<void> {
  await page.waitForTimeout(200);
  await page.keyboard.press('Enter');
}
