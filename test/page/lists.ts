/** Finding one's way: lists, a flow's page and the form that runs it, links, the browser's own buttons, narrow windows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { reads, tabTo } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { fill, idIn, type Place, runByForm, state, title } from './place.ts';

/** The list of executions asks again after 2 s. */
const SLOW_MS = 3_000;
const LETTER = `
id: letter
namespace: company.team
description: Writes a letter.
inputs:
  - { id: who, type: STRING }
  - { id: copies, type: INT, min: 1, max: 10, defaults: 2 }
  - { id: urgent, type: BOOL, defaults: false }
  - { id: order, type: JSON, defaults: { items: [tea] } }
  - { id: greeting, type: STRING, defaults: "Dear {{ inputs.who }}" }
  - { id: note, type: STRING, required: false, defaults: none }
tasks:
  - id: write
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.greeting }}: {{ inputs.copies }} of {{ inputs.order.items[0] }}, {{ inputs.urgent }}, [{{ inputs.note }}]"
`;
/** Of many types; some are asked for only when others say so. */
const PARCEL = `
id: parcel
namespace: company.team
inputs:
  - { id: gift, type: BOOL, defaults: false }
  - id: wrapping
    type: SELECT
    values: [paper, { label: A box of wood, value: box }]
    dependsOn: { inputs: [gift], condition: "{{ inputs.gift }}" }
  - { id: extras, type: MULTISELECT, values: [card, ribbon, music], required: false }
  - id: delivery
    type: FORM
    displayName: When and how
    inputs:
      - { id: day, type: DATE, defaults: "2026-11-26" }
      - { id: within, type: DURATION, defaults: PT24H }
  - { id: list, type: FILE }
  - { id: voucher, type: SECRET, required: false }
tasks:
  - id: pack
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.wrapping }} {{ inputs.extras }} {{ inputs.delivery.day }}"
`;
const LONG = 'long-'.repeat(18);
const WIDE = `
id: ${LONG}name
namespace: company.${'part.'.repeat(12)}team
description: ${'words '.repeat(60)}
labels: { ${LONG}: ${LONG} }
tasks:
  - id: ${LONG}task
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: ${'x'.repeat(500)}
`;

export function findingOnesWay(place: () => Place): void {
  test('running a flow from its page, with what the server refuses at the field that it names', async (t) => {
    const { api, open } = place();
    await api.save(LETTER);
    const page = await open(t, 'flows', { provoked: [422] });
    await page.getByRole('link', { name: /company\.team\. ?letter/ }).click();
    await reads(title(page), 'company.team.letter');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await fill(page, 'who', 'Ada');
    await fill(page, 'copies', 'many');
    await fill(page, 'order', '{"items": [');
    await fill(page, 'note', '');
    await page.locator('.run [name=urgent]').selectOption('true');
    await page.locator('.run button[type=submit]').click();
    await reads(page.locator('#input-copies-wrong'), 'expected a whole number, got "many"');
    await reads(page.locator('#input-order-wrong'), /expected JSON, got/);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'input-copies');
    await fill(page, 'copies', '3');
    await fill(page, 'order', '{"items": ["cake"]}');
    await runByForm(page);
    await reads(state(page), 'SUCCESS');
    // The default that is an expression was the server's to render; the text that was emptied is empty.
    await reads(page.locator('.log-text').last(), 'Dear Ada: 3 of cake, true, []');
    await reads(page.locator('.columns'), /who Ada.*copies 3.*urgent true/s);
  });

  test('filling in a form of many types, that asks for more when it has to', async (t) => {
    const { api, open } = place();
    await api.save(PARCEL);
    const page = await open(t, 'flows/company.team/parcel?run=true');
    const wrapping = page.getByLabel(/^wrapping/);
    await page.locator('legend').waitFor();
    assert.equal(await wrapping.count(), 0);
    await page.getByLabel(/^gift/).selectOption('true');
    await wrapping.selectOption({ label: 'A box of wood' });
    await page.getByLabel('card').check();
    await page.getByLabel('music').check();
    await page.getByLabel(/^day/).fill('2026-12-24');
    await page
      .getByLabel(/^list/)
      .setInputFiles({ name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('tea') });
    await page.getByLabel(/^voucher/).fill('hush-hush');
    await runByForm(page);
    await reads(state(page), 'SUCCESS');
    await reads(page.locator('.log-text').last(), 'box ["card","music"] 2026-12-24');
    await page.locator('a.file', { hasText: 'list.txt' }).waitFor();
    assert.ok(!(await page.content()).includes('hush-hush'));
  });

  test('running a flow again with the inputs of before', async (t) => {
    const { api, open } = place();
    const before = await api.run('company.team/letter', { who: 'Grace', copies: '7' });
    const page = await open(t, `executions/${before.id}`);
    await page.getByRole('link', { name: 'Run again…' }).click();
    await page.locator('.run [name=copies]').waitFor();
    assert.equal(await page.locator('.run [name=who]').inputValue(), 'Grace');
    assert.equal(await page.locator('.run [name=copies]').inputValue(), '7');
    assert.notEqual(await runByForm(page), before.id);
    await reads(page.locator('.log-text').last(), /^Dear Grace: 7 of tea/);
  });

  test('going from the list to an execution and back, by the keyboard and by the browser', async (t) => {
    const { api, open } = place();
    const { id } = await api.run('company.team/letter', { who: 'Lin' });
    const page = await open(t, 'flows');
    await page.getByRole('link', { name: 'Executions' }).click();
    const link = page.locator(`td a[href$="${id}"]`);
    await tabTo(page, link);
    await page.keyboard.press('Enter');
    await reads(title(page), 'company.team.letter');
    assert.equal(idIn(page), id);
    assert.equal(await page.title(), 'SUCCESS letter · Windhover');
    await page.goBack();
    await reads(title(page), 'Executions');
    await page.goForward();
    await reads(page.locator('.facts .mono'), id);
    await title(page).getByRole('link').click();
    await reads(page.locator('main h2').first(), 'What it does');
    await page.locator(`td a[href$="${id}"]`).waitFor();
  });

  test('narrowing the list by state and text, in an address that can be passed on', async (t) => {
    const { api, open } = place();
    await api.save(
      'id: broken\nnamespace: company.team\ntasks: [{ id: no, type: io.kestra.plugin.core.execution.Fail }]',
    );
    const { id } = await api.run('company.team/broken');
    const page = await open(t, 'executions');
    const rows = page.locator('tbody tr');
    await page.getByLabel('State', { exact: true }).selectOption('FAILED');
    await eventually(async () => (await rows.count()) === 1 && (await rows.textContent())!.includes('broken'));
    await page.reload();
    await page.locator(`td a[href$="${id}"]`).waitFor();
    assert.equal(await rows.count(), 1);
    // The id as far as it is shown is found by the search beside it.
    await page.getByLabel('Search executions').fill((await page.locator('td .mono').textContent())!);
    await page.waitForURL(/q=\w+/);
    await page.locator(`td a[href$="${id}"]`).waitFor();
    await page.getByLabel('Search executions').fill('nothing like it');
    for (let n = 0; n < 2; n++) await page.keyboard.press('Backspace');
    await page.keyboard.type('him');
    await page.waitForURL(/q=nothing\+like\+him/);
    await reads(page.locator('.empty'), /No execution fits/);
    await page.getByRole('link', { name: 'Show all' }).click();
    await eventually(async () => (await rows.count()) > 1);
    assert.equal(await page.getByLabel('Search executions').inputValue(), '');
  });

  test('waiting for a server that takes longer to answer than the list waits to ask again', async (t) => {
    const page = await place().open(t, 'flows');
    await title(page).waitFor();
    await page.route('**/executions/search*', async (route) => {
      await sleep(SLOW_MS);
      await route.continue();
    });
    await page.getByRole('link', { name: 'Executions' }).click();
    await page.locator('tbody tr').first().waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  for (const pixels of [360, 800])
    test(`holding every page inside a window of ${pixels} pixels, however long its names`, async (t) => {
      const { api, open } = place();
      await api.save(WIDE);
      const { id, namespace, flowId } = await api.run(`company.${'part.'.repeat(12)}team/${LONG}name`);
      const page = await open(t, '', { viewport: { width: pixels, height: 600 } });
      for (const [path, ready] of [
        ['', '.flows-lately tbody tr'],
        ['executions', `td a[href$="${id}"]`],
        ['flows', 'td .flow-name'],
        [`flows/${namespace}/${flowId}`, `td a[href$="${id}"]`],
        [`flows/${namespace}/${flowId}/edit`, '.cm-content'],
        [`executions/${id}`, '.log-text'],
        ['plugins', '.catalogue li'],
        ['logs', '.lines li'],
        ['services', '.services tbody tr'],
        ['services/dead-letters', '.empty'],
      ] as const) {
        await page.goto(`${place().server.url}/ui/${path}`);
        await page.locator(ready).first().waitFor();
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= pixels, `${path}: expected at most ${pixels} pixels, got ${width}`);
      }
    });
}
