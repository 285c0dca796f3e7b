/** Writing flows: what the editor offers and documents, what others save meanwhile, revisions beside each other. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { reads } from '../support/browser.ts';
import { isAccessible } from './axe.ts';
import { type Place, state, title } from './place.ts';

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

const TYPED = '# typed, never saved';

/** Opens the editor of a flow of one task from the list of flows, and writes into it. */
async function writeInto(t: TestContext, { api, open }: Place, id: string, message = 'kept'): Promise<Page> {
  await api.save(`id: ${id}\nnamespace: company.team\ntasks: [{ id: say, type: ${LOG}, message: ${message} }]\n`);
  const page = await open(t, 'executions');
  await page.getByRole('link', { name: 'Flows', exact: true }).click();
  await page.locator(`td a[href$="/company.team/${id}"]`).click();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(TYPED);
  await reads(page.locator('.tools [role=status]'), 'Changed, not saved');
  return page;
}

export function leavingFlows(place: () => Place): void {
  const content = (page: Page) => page.locator('.cm-content');

  test('asking before text is left that is not saved, by a link and by the browser, and keeping it as a draft', async (t) => {
    const page = await writeInto(t, place(), 'left');
    const asked = page.locator('dialog h2');
    await page.getByRole('link', { name: 'Logs' }).click();
    await reads(asked, 'Leave without saving?');
    await isAccessible(page);
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    await page.goBack();
    await reads(asked, 'Leave without saving?');
    // The browser has gone already, and is led back.
    await page.waitForURL('**/flows/company.team/left/edit');
    await page.getByRole('button', { name: 'Stay here' }).click();
    await reads(content(page), /never saved/);
    await page.goBack();
    await page.getByRole('button', { name: 'Leave', exact: true }).click();
    await page.waitForURL('**/flows/company.team/left');
    // Where one came from is still behind, and the editor before.
    await page.goBack();
    await reads(title(page), 'Flows');
    await page.goForward();
    await page.waitForURL('**/flows/company.team/left');
    await page.goForward();
    await page.waitForURL('**/left/edit');
    await reads(page.locator('.draft'), /You left a draft here/);
    assert.doesNotMatch((await content(page).textContent())!, /never saved/);
    await isAccessible(page);
    await page.getByRole('button', { name: 'Take it up' }).click();
    await reads(content(page), /kept.*never saved/s);
    await page.keyboard.press('Control+s');
    await reads(page.locator('.tools [role=status]'), 'Saved as revision 2');
    await page.getByRole('link', { name: 'Logs' }).click();
    await reads(title(page), 'Logs');
    await page.goBack();
    await reads(content(page), /never saved/);
    assert.equal(await page.locator('.draft').count(), 0);
  });

  test('keeping a draft when the page is closed, and telling that others have saved meanwhile', async (t) => {
    const page = await writeInto(t, place(), 'closed');
    page.on('dialog', (dialog) => dialog.accept());
    await page.reload();
    await reads(page.locator('.draft'), /You left a draft here/);
    await place().api.save(
      `id: closed\nnamespace: company.team\ntasks: [{ id: say, type: ${LOG}, message: theirs }]\n`,
    );
    await reads(page.locator('.draft'), /began from revision 1, and 2 is the newest now/);
    await page.getByRole('button', { name: 'Throw it away' }).click();
    await page.reload();
    await reads(content(page), /theirs/);
    assert.equal(await page.locator('.draft').count(), 0);
  });

  test('running what is saved while a draft is written, and saying so', async (t) => {
    const page = await writeInto(t, place(), 'drafted');
    await page.locator('.title').getByRole('button', { name: 'Run' }).click();
    await reads(page.locator('dialog .waiting'), /not saved: revision 1 runs/);
    await page.locator('.run button[type=submit]').click();
    await reads(state(page), 'SUCCESS');
    await page.goBack();
    await reads(page.locator('.draft'), /You left a draft here/);
  });

  test('offering no draft of a flow that was created', async (t) => {
    const page = await place().open(t, 'flows/new');
    await content(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\nlabels: { made: here }\n');
    await page.keyboard.press('Control+s');
    await page.waitForURL('**/flows/company.team/hello/edit');
    await page.goto(`${place().server.url}/ui/flows/new`);
    await reads(content(page), /Hello/);
    assert.equal(await page.locator('.draft').count(), 0);
  });
}

/** An Enter that comes as soon as the list opens may be meant for the text: the editor takes it so. */
async function accept(page: Page): Promise<void> {
  await page.waitForTimeout(200);
  await page.keyboard.press('Enter');
}
