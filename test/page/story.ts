/**
 * The whole of a piece of work: a flow is written, a mistake mended that the editor shows, run with a file, watched, the log of
 * what failed opened, and replayed from there. By the mouse in the light, by the keyboard alone in the dark.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { reads, tabTo } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { isAccessible } from './axe.ts';
import { idIn, logTexts, type Place, state } from './place.ts';

const RIGHT = 'io.kestra.plugin.core.log.Log';
const sourceOf = (id: string): string => `id: ${id}
namespace: company.team
inputs:
  - id: list
    type: FILE
  - id: mood
    type: SELECT
    values: [good, bad]
    defaults: bad
tasks:
  - id: read
    type: io.kestra.plugin.core.log.Logg
    message: "{{ read(inputs.list) }}"
  - id: check
    type: io.kestra.plugin.core.execution.Fail
    condition: "{{ inputs.mood == 'bad' }}"
    errorMessage: the list is not signed
`;
const FILE = { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('tea and cake') };

type Way = (page: Page, place: Locator) => Promise<void>;
const byMouse: Way = (_, place) => place.click();
/** To the place by Tab, then Enter. */
const byKeys: Way = async (page, place) => {
  await tabTo(page, place);
  await page.keyboard.press('Enter');
};

async function story(page: Page, id: string, press: Way, choose: (page: Page, place: Locator) => Promise<void>) {
  await press(page, page.getByRole('link', { name: 'New flow' }));
  await tabTo(page, page.locator('.code-editor'));
  for (const key of ['Control+a', 'Delete']) await page.keyboard.press(key);
  await page.keyboard.insertText(sourceOf(id));
  await reads(page.locator('.problems'), /tasks\[0\]\.type.*did you mean io\.kestra\.plugin\.core\.log\.Log\?/);
  await isAccessible(page);
  // Tab indents in there; behind Escape it leaves.
  await page.keyboard.press('Escape');
  await press(page, page.getByRole('button', { name: 'Line 12' }));
  await page.keyboard.press('Shift+End');
  await page.keyboard.insertText(RIGHT);
  await reads(page.locator('.fine'), /Nothing is wrong/);
  await page.keyboard.press('Control+s');
  await page.waitForURL(`**/flows/company.team/${id}/edit`);
  await press(page, page.locator('.title').getByRole('button', { name: 'Run' }));
  await page.locator('.run input[type=file]').setInputFiles(FILE);
  await page.locator('dialog summary').waitFor();
  await isAccessible(page);
  await press(page, page.locator('.run button[type=submit]'));
  await reads(state(page), 'FAILED');
  await reads(page.locator('p.error'), /^check: the list is not signed/);
  await isAccessible(page);
  await press(page, page.getByRole('link', { name: 'Show its log' }));
  await eventually(async () => (await logTexts(page)).join() === 'the list is not signed');
  const failed = idIn(page);
  await press(page, page.getByRole('button', { name: 'Replay from here…' }));
  await choose(page, page.getByLabel('with other inputs'));
  await page.locator('.run [name=mood]').waitFor();
  await page.locator('.run [name=mood]').selectOption('good');
  await isAccessible(page);
  await press(page, page.locator('.run button[type=submit]'));
  await reads(state(page), 'SUCCESS');
  assert.notEqual(idIn(page), failed);
  // What ran before the task was taken over: it has not written again.
  assert.deepEqual(await logTexts(page), []);
  await reads(page.locator('.values', { hasText: 'mood' }), /mood good/);
  await reads(page.locator('.columns'), /A replay of/);
}

export function workingWithIt(place: () => Place): void {
  test('writing, mending, running with a file, watching and replaying a flow by the mouse, in the light', async (t) => {
    const page = await place().open(t, 'flows', { colorScheme: 'light', provoked: [422] });
    await story(page, 'light', byMouse, byMouse);
  });

  test('doing the same by the keyboard alone, in the dark', async (t) => {
    const page = await place().open(t, 'flows', { colorScheme: 'dark', provoked: [422] });
    await story(page, 'dark', byKeys, async (_, box) => {
      await tabTo(page, box);
      await page.keyboard.press('Space');
    });
  });

  test('going anywhere by a word', async (t) => {
    const { api, open } = place();
    await api.save(`id: far-away\nnamespace: company.team\ntasks: [{ id: say, type: ${RIGHT}, message: hi }]\n`);
    const page = await open(t, 'executions');
    await page.locator('h1').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('far-aw');
    await reads(page.locator('.palette [aria-selected=true]'), /^far-away/);
    await isAccessible(page);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/flows/company.team/far-away');
  });

  test('searching the logs of all executions, and importing what was exported', async (t) => {
    const { api, open } = place();
    await api.save(
      `id: heron\nnamespace: company.birds\ntasks: [{ id: say, type: ${RIGHT}, message: a heron flies }]\n`,
    );
    const { id } = await api.run('company.birds/heron');
    const page = await open(t, 'logs');
    await page.getByLabel('Search logs').fill('heron flies');
    await reads(page.locator('.lines li'), /heron · say.*a heron flies/);
    await isAccessible(page);
    await page.locator('.lines a').first().click();
    await reads(state(page), 'SUCCESS');
    assert.equal(idIn(page), id);
    await page.goto(`${place().server.url}/ui/flows?namespace=company.birds`);
    const menu = page.getByRole('button', { name: 'More actions' });
    await menu.click();
    const [zip] = await Promise.all([page.waitForEvent('download'), page.getByText('Export as zip').click()]);
    await menu.click();
    await page.getByText('Import…').click();
    await page.getByLabel('A file with flows').setInputFiles({
      name: 'flows.zip',
      mimeType: 'application/zip',
      buffer: await readFile(await zip.path()),
    });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await reads(page.locator('tbody tr'), /company\.birds\.heron/);
  });

  for (const colorScheme of ['light', 'dark'] as const)
    test(`finding nothing serious on any page, ${colorScheme}`, async (t) => {
      const { api, open } = place();
      await api.save(sourceOf('seen').replace('Logg', 'Log'));
      const { id } = await api.run('company.team/seen', { list: 'kestra:///nothing' });
      const page = await open(t, 'flows', { colorScheme });
      for (const [path, ready] of [
        ['', '.flows-lately tbody tr'],
        ['flows', 'tbody tr'],
        ['flows/company.team/seen', '.thing'],
        ['flows/company.team/seen/executions', 'tbody tr'],
        ['executions', 'tbody tr'],
        [`executions/${id}?view=topology`, '.thing'],
        ['logs', '.lines li'],
        ['plugins/io.kestra.plugin.core.flow.ForEach', '.properties'],
        ['nowhere/at/all', '.not-here'],
      ] as const) {
        await page.goto(`${place().server.url}/ui/${path}`);
        await page.locator(ready).first().waitFor();
        await isAccessible(page);
      }
    });

  test('doing something to many executions at once, and finding them by a label', async (t) => {
    const { api, open } = place();
    await api.save(
      'id: many\nnamespace: company.bulk\ntasks: [{ id: fail, type: io.kestra.plugin.core.execution.Fail }]',
    );
    for (let n = 0; n < 3; n++) await api.run('company.bulk/many');
    const page = await open(t, 'executions?namespace=company.bulk');
    const rows = page.locator('tbody tr');
    await eventually(async () => (await rows.count()) === 3);
    await page.getByLabel('Choose all of this page').check();
    await reads(page.locator('.bulk strong'), '3 executions');
    await isAccessible(page);
    await page.getByRole('button', { name: 'Labels…' }).click();
    await page.getByLabel('Name', { exact: true }).first().fill('seen');
    await page.getByLabel('Value of seen').fill('yes');
    await page.getByRole('button', { name: 'Save' }).click();
    await reads(page.locator('.bulk-hint'), 'Labels: set on 3 executions.');
    await page.getByRole('button', { name: 'Add a filter' }).click();
    await page.getByRole('menuitem', { name: 'Label…' }).click();
    await page.locator('dialog [name=given]').fill('seen:yes');
    await page.keyboard.press('Enter');
    await reads(page.locator('.chips'), /seen:yes/);
    await eventually(async () => (await rows.count()) === 3);
    await page.getByLabel('Choose all of this page').check();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await reads(page.locator('.empty'), /No execution fits/);
  });

  test('resuming a pause with what it asks for, and trying expressions on what it gave', async (t) => {
    const { api, open } = place();
    await api.save(`
id: asking
namespace: company.team
tasks:
  - { id: ask, type: io.kestra.plugin.core.flow.Pause, onResume: [{ id: answer, type: STRING }] }
  - { id: say, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.ask.onResume.answer }}" }
`);
    const { id } = await api.start('company.team/asking');
    const page = await open(t, `executions/${id}`);
    await reads(page.locator('.waiting'), /^ask is paused until somebody resumes it/);
    await page.getByRole('button', { name: 'Resume…' }).click();
    await page.locator('.run [name=answer]').fill('forty-two');
    await page.locator('.run button[type=submit]').click();
    await reads(state(page), 'SUCCESS');
    await page.getByLabel(/^Expression/).fill('outputs.say.value | upper');
    await page.keyboard.press('Enter');
    await reads(page.locator('.console pre'), 'FORTY-TWO');
    await page.getByLabel(/^Expression/).fill('outputs.nothing.at.all');
    await page.keyboard.press('Enter');
    await reads(page.locator('.console .error').first(), /nothing/);
    await page.getByRole('button', { name: 'As a graph' }).click();
    await reads(page.locator('.thing', { hasText: 'say' }), /SUCCESS/);
    await isAccessible(page);
  });

  test('following an execution that is restarted, by whomever', async (t) => {
    const { api, open } = place();
    await api.save(
      'id: again\nnamespace: company.team\ntasks: [{ id: fail, type: io.kestra.plugin.core.execution.Fail }]',
    );
    const { id } = await api.run('company.team/again');
    const page = await open(t, `executions/${id}`);
    await reads(state(page), 'FAILED');
    await page.getByRole('button', { name: 'Restart' }).click();
    await rowAttempts(page, 2);
    await reads(state(page), 'FAILED');
    await api.ask('POST', `/executions/${id}/restart`);
    await rowAttempts(page, 3);
  });
}

/** A restart adds an attempt to what had failed. */
const rowAttempts = (page: Page, count: number) => reads(page.locator('.gantt-row'), new RegExp(`attempt ${count}`));
